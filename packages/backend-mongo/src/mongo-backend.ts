import {
  type Backend,
  type BackendCapabilities,
  Batcher,
  type DriverEnvironment,
  type Entry,
  type Logger,
  type Stored,
  silentLogger,
  YTaskError,
} from "@ytask/core/driver";
import { type Connected, connectCollection } from "./connect.js";
import { documentId, isExpired, textOf } from "./document.js";
import { noResult, notConnectedError, tooLarge } from "./failures.js";
import { GuardedWriter } from "./guarded-writer.js";
import { type MongoBackendOptions, readOptions, type Settings } from "./options.js";
import { ReplacingWriter } from "./replacing-writer.js";
import { ResultCollection } from "./result-collection.js";
import { WriteQueue } from "./write-queue.js";
import { failed } from "./writer.js";

/** MongoDB's limit for a document, less what a command needs around it. */
const mostBytes = 16 * 1024 * 1024 - 16 * 1024;

/** What is open between `connect` and `close`. */
interface Open {
  readonly queue: WriteQueue;
  readonly reads: Batcher<string, Reading>;
}

/** The value of a key; undefined if there is none; an error if what is there is not a value. */
type Reading = string | undefined | YTaskError;

/** Keeps results and statuses in a collection of MongoDB, where the Go original's `mongo2` driver finds them. */
export class MongoBackend implements Backend {
  readonly #settings: Settings;
  #open: Open | undefined;
  #isFerretDb1 = false;
  #hasWarned = false;

  /** @throws YTaskError `InvalidArgument` for an option that is missing, unknown or not allowed */
  constructor(options: MongoBackendOptions) {
    this.#settings = readOptions(options);
  }

  /** What the server can do is known once it is connected. */
  get capabilities(): BackendCapabilities {
    return { atomicUnlessFinished: this.#isFerretDb1 ? { missing: ferretDb1 } : true };
  }

  /**
   * Also makes the TTL index, and warns if the server refuses it. Rejects with a YTaskError if the server cannot be
   * reached, refuses the credentials or is too old.
   */
  async connect(environment?: DriverEnvironment): Promise<void> {
    try {
      const connected = await connectCollection(this.#settings);
      this.#isFerretDb1 = connected.isFerretDb1;
      this.#warn(connected, environment?.logger ?? silentLogger);
      this.#open = open(connected, this.#settings.commandTimeoutMs);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  set(entries: readonly Entry[]): Promise<readonly Stored[]> {
    return Promise.all(entries.map((entry) => this.#set(entry)));
  }

  async get(keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    const { reads } = this.#open ?? {};
    if (!reads) throw notConnectedError();
    const readings = await Promise.all(keys.map((key) => reads.add(key)));
    return readings.map((reading) => {
      if (YTaskError.isInstance(reading)) throw reading;
      return reading;
    });
  }

  async close(): Promise<void> {
    this.#open = undefined;
    if (this.#settings.ownsClient) await this.#settings.client.close();
  }

  /** Warns only once: a backend that is connected again has the same server. */
  #warn({ collection, noIndexReason }: Connected, logger: Logger): void {
    if (noIndexReason === undefined || this.#hasWarned) return;
    this.#hasWarned = true;
    logger.warn(
      "this server will not delete expired results; they are not returned, but they take room: delete documents whose expires_at has passed yourself",
      { collection: collection.namespace, reason: noIndexReason },
    );
  }

  async #set(entry: Entry): Promise<Stored> {
    if (!this.#open) return failed(notConnectedError());
    const bytes = Buffer.byteLength(entry.value) + 3 * Buffer.byteLength(entry.key);
    return bytes > mostBytes ? failed(tooLarge(bytes, mostBytes)) : this.#open.queue.add(entry);
  }
}

const ferretDb1 =
  "FerretDB 1.x replaces what changed since it was read, so of two servers that finish one task at once either may stand";

function open({ collection, isFerretDb1 }: Connected, boundMs: number): Open {
  const results = new ResultCollection(collection, boundMs);
  const writer = isFerretDb1 ? new ReplacingWriter(results) : new GuardedWriter(results);
  return { queue: new WriteQueue(writer), reads: new Batcher((keys) => read(results, keys)) };
}

/** One reading for each key: reads of others are in the same batch, and must not fail because of one odd document. */
async function read(results: ResultCollection, keys: readonly string[]): Promise<readonly Reading[]> {
  const found = await results.get([...new Set(keys.map(documentId))]);
  const nowMs = Date.now();
  return keys.map((key) => {
    const document = found.get(documentId(key));
    if (document === undefined || isExpired(document, nowMs)) return undefined;
    return textOf(document) ?? noResult(document._id, document.data);
  });
}
