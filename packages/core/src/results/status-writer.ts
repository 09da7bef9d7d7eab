import type { Entry, Stored } from "../backend.js";
import { Deque } from "../collections/deque.js";
import { mapPacked } from "../collections/map-packed.js";
import { ErrorCode, YTaskError } from "../errors.js";
import { resultKey } from "../keys.js";
import type { Logger } from "../log/logger.js";
import type { ResultFields } from "./result.js";
import type { ResultStore } from "./result-store.js";
import { serializeResult } from "./result-text.js";
import { Status } from "./status.js";

/** How long statuses and results are kept, in seconds: -1 for ever, 0 not at all. */
export interface Expiry {
  readonly statusExpires: number;
  readonly resultExpires: number;
}

class Pending {
  constructor(
    /** Intermediate statuses are built only when written: most are superseded first. */
    public result: ResultFields | (() => ResultFields),
    public isFinished: boolean,
  ) {}
}

/** What is written in one call to the backend. */
class Batch {
  /** Of two for one id, the later comes last, as backends take them. */
  readonly results: Pending[] = [];
  /** Resolves once it is written or has failed. */
  readonly ended: Promise<void>;
  end: () => void = () => undefined;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }
}

/** A class, like everything that lives as long as a task: see "Memory" in docs/architecture.md. */
class ResultEntry implements Entry {
  constructor(
    readonly key: string,
    readonly value: string,
    readonly expiresInSeconds: number | undefined,
    readonly unless: Entry["unless"],
  ) {}
}

const largestBatch = 500;
/**
 * The most batches on their way at a time. With more, as after a call that sends a million tasks, batches would wait
 * inside the backend's client until their time is over. What is given meanwhile waits here, and goes in full batches.
 */
const mostBatches = 16;

/**
 * Writes statuses and results in batches, one each turn of the event loop or flush. A status that is superseded before
 * its batch is written is never written. No write replaces a finished result.
 */
export class StatusWriter {
  readonly #store: ResultStore;
  readonly #expiry: Expiry;
  readonly #logger: Logger;
  readonly #unless: Entry["unless"];
  #pending = new Map<string, Pending>();
  #isScheduled = false;
  #writing = 0;
  /** Batches that wait for their turn. */
  readonly #waiting = new Deque<Batch>();
  /** The last of those, while there is room in it. */
  #filling: Batch | undefined;
  /** Resolves once all writes so far have ended. */
  #written: Promise<void> = Promise.resolve();

  /** @param unless `finished` for a server; `present` for a client, whose `Sent` must not replace anything */
  constructor(store: ResultStore, expiry: Expiry, logger: Logger, unless: Entry["unless"] = "finished") {
    this.#unless = unless;
    this.#store = store;
    this.#expiry = expiry;
    this.#logger = logger;
  }

  /** Writes an intermediate status, soon. */
  note(id: string, make: () => ResultFields): void {
    if (this.#expiry.statusExpires !== 0) this.#add(id, make, false);
  }

  /** Writes a result, soon; `flush` resolves when that is done or has failed. */
  store(result: ResultFields): void {
    if (expirySeconds(this.#expiry, result.status) !== 0)
      this.#add(result.id, result, result.status >= Status.Success);
  }

  /** Resolves once all that was given so far is written or has failed; never rejects. */
  async flush(): Promise<void> {
    this.#write();
    await this.#written;
  }

  #add(id: string, result: Pending["result"], isFinished: boolean): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) this.#pending.set(id, new Pending(result, isFinished));
    else if (isFinished || !pending.isFinished) {
      pending.result = result;
      pending.isFinished = isFinished;
    }
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(() => this.#write());
    }
  }

  #write(): void {
    this.#isScheduled = false;
    if (this.#pending.size === 0) return;
    for (const pending of this.#pending.values()) this.#fill().results.push(pending);
    this.#pending = new Map();
    this.#begin();
  }

  /** A batch that has room. */
  #fill(): Batch {
    if (this.#filling !== undefined && this.#filling.results.length < largestBatch) return this.#filling;
    const batch = new Batch();
    this.#filling = batch;
    this.#waiting.pushBack(batch);
    this.#written = Promise.all([this.#written, batch.ended]).then(() => undefined);
    return batch;
  }

  /** Writes as many batches as may be on their way. */
  #begin(): void {
    while (this.#writing < mostBatches) {
      const batch = this.#waiting.popFront();
      if (batch === undefined) return;
      if (batch === this.#filling) this.#filling = undefined;
      this.#writing++;
      const onEnd = () => {
        this.#writing--;
        batch.end();
        this.#begin();
      };
      this.#writeBatch(batch.results).then(onEnd, onEnd);
    }
  }

  async #writeBatch(batch: readonly Pending[]): Promise<void> {
    const results = mapPacked(batch, ({ result }) => (typeof result === "function" ? result() : result));
    const outcomes = await this.#set(results);
    const tooLarge = results.filter((_, index) => isTooLarge(outcomes[index]));
    if (tooLarge.length > 0) await this.#storeFailuresInstead(tooLarge);
  }

  /**
   * A result that the backend cannot hold must not simply be missing: its waiter gets a failure that says why. Between
   * two steps of a workflow nobody waits for a result, so the workflow just goes on.
   */
  async #storeFailuresInstead(tooLarge: readonly ResultFields[]): Promise<void> {
    for (const { id } of tooLarge)
      this.#logger.error("a result is larger than the backend can store", { id });
    const results = tooLarge.filter(({ status }) => status >= Status.Success);
    if (results.length === 0) return;
    const error =
      "the result is larger than the backend can store; return less, or a reference to where it is";
    await this.#set(
      results.map((result) => ({ ...result, status: Status.Failure, returned: undefined, error })),
    );
  }

  #set(results: readonly ResultFields[]): Promise<readonly Stored[]> {
    return this.#store.set(mapPacked(results, (result) => entryOf(result, this.#expiry, this.#unless)));
  }
}

const isTooLarge = (stored: Stored | undefined): boolean =>
  stored?.kind === "failed" && YTaskError.isInstance(stored.error, ErrorCode.TooLarge);

/** A result as the backend stores it. If results are not kept but statuses are, it goes without its values. */
export function entryOf(result: ResultFields, expiry: Expiry, unless: Entry["unless"]): Entry {
  const seconds = expirySeconds(expiry, result.status);
  const withoutValues = result.status === Status.Success && expiry.resultExpires === 0;
  const value = serializeResult(withoutValues ? { ...result, returned: undefined } : result);
  return new ResultEntry(resultKey(result.id), value, seconds < 0 ? undefined : seconds, unless);
}

/** How long a status is kept: a finished one as long as results, if results are kept. */
function expirySeconds(expiry: Expiry, status: Status): number {
  return status >= Status.Success && expiry.resultExpires !== 0 ? expiry.resultExpires : expiry.statusExpires;
}
