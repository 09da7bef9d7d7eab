import { type Entry, ErrorCode, type Stored, YTaskError } from "@ytask/core/driver";
import { toYTaskError } from "./failures.js";
import { failed, kept, type Writer } from "./writer.js";

interface Waiting {
  readonly entry: Entry;
  readonly sinceMs: number;
  resolve: (outcome: Stored) => void;
}

/** The most entries of a batch. */
const largestBatch = 500;

/** The most bytes of a batch, so that it fits into one message of MongoDB's, which holds 48 MB. */
const mostBytes = 16 * 1024 * 1024;

/** An entry that has waited for longer fails. */
const longestWaitMs = 5_000;

/**
 * Writes one batch at a time, and meanwhile gathers entries for the next: the busier the server, the larger the
 * batches. The entries for one key keep their order, each in a separate batch.
 */
export class WriteQueue {
  readonly #writer: Writer;
  #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  /** Never rejects. */
  add(entry: Entry): Promise<Stored> {
    return new Promise((resolve) => {
      this.#waiting.push({ entry, sinceMs: performance.now(), resolve });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // Entries that are added later in this turn come along.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#write(this.#takeBatch());
    this.#isRunning = false;
  }

  #takeBatch(): readonly Waiting[] {
    const batch = new Map<string, Waiting>();
    const later: Waiting[] = [];
    const postponed = new Set<string>();
    let bytes = 0;
    let looked = 0;
    for (const waiting of this.#waiting) {
      const { key, value, unless } = waiting.entry;
      const size = Buffer.byteLength(value);
      // The entries behind are not looked at: if a hundred thousand waited, each batch would look at all of them.
      if (batch.size === largestBatch || (bytes > 0 && bytes + size > mostBytes)) break;
      looked++;
      const first = postponed.has(key) ? undefined : batch.get(key);
      if (first && unless === "present") follow(first, waiting);
      else if (first || postponed.has(key)) {
        later.push(waiting);
        postponed.add(key);
      } else {
        batch.set(key, waiting);
        bytes += size;
      }
    }
    this.#waiting = later.concat(this.#waiting.slice(looked));
    return [...batch.values()];
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const oldestMs = performance.now() - longestWaitMs;
    const inTime = batch.filter(({ sinceMs }) => sinceMs >= oldestMs);
    for (const { sinceMs, resolve } of batch) if (sinceMs < oldestMs) resolve(failed(overloaded()));
    if (inTime.length === 0) return;
    try {
      const outcomes = await this.#writer.write(inTime.map(({ entry }) => entry));
      for (const { entry, resolve } of inTime) resolve(outcomes.get(entry) ?? failed(overloaded()));
    } catch (error) {
      this.#fail(inTime, error);
    }
  }

  /**
   * What waits behind a batch that failed for want of a connection fails with it, since it would take as long to find out.
   * One that was not answered in time may have been too large for the line, which says nothing of the next.
   */
  #fail(batch: readonly Waiting[], thrown: unknown): void {
    const error = toYTaskError(thrown);
    const outcome = failed(error);
    for (const { resolve } of batch) resolve(outcome);
    if (error.code !== ErrorCode.Connection) return;
    for (const { resolve } of this.#waiting) resolve(outcome);
    this.#waiting = [];
  }
}

const overloaded = () =>
  new YTaskError(ErrorCode.Backend, `MongoDB does not keep up: a result has waited for ${longestWaitMs} ms`);

/**
 * Whatever becomes of the first entry, its key is present then. So a second entry that is stored only if the key is
 * absent need not be tried.
 */
function follow(first: Waiting, second: Waiting): void {
  const { resolve } = first;
  first.resolve = (outcome) => {
    resolve(outcome);
    second.resolve(outcome.kind === "failed" ? outcome : kept);
  };
}
