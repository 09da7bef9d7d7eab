import {
  type Backend,
  type BackendCapabilities,
  type DriverEnvironment,
  type Entry,
  type Stored,
  silentLogger,
} from "@ytask/core/driver";
import { notConnectedError } from "./failures.js";
import { KeyOrder } from "./key-order.js";
import { type MemcacheBackendOptions, readOptions, type Settings } from "./options.js";
import { Pool } from "./pool.js";
import { Store } from "./store.js";

/**
 * Keeps results and statuses in memcached, under the keys and on the servers where the Go original looks for them.
 * memcached forgets: when it restarts, and when it needs the memory for something newer. The task has run all the same.
 */
export class MemcacheBackend implements Backend {
  readonly capabilities: BackendCapabilities = {
    atomicUnlessFinished: {
      missing:
        "memjs has no compare-and-swap, so a result is read before it is written, and another process may write between",
    },
  };
  readonly #settings: Settings;
  readonly #order = new KeyOrder();
  #pool: Pool | undefined;

  /** @throws YTaskError `InvalidArgument` for an option that is missing, unknown or not allowed */
  constructor(options: MemcacheBackendOptions) {
    this.#settings = readOptions(options);
  }

  /** Rejects with a YTaskError if none of the servers can be reached, or one refuses the credentials. */
  async connect(environment?: DriverEnvironment): Promise<void> {
    this.#pool?.close();
    const pool = new Pool(this.#settings, environment?.logger ?? silentLogger);
    this.#pool = pool;
    try {
      await pool.open();
    } catch (error) {
      if (this.#pool === pool) this.#pool = undefined;
      throw error;
    }
  }

  set(entries: readonly Entry[]): Promise<readonly Stored[]> {
    return Promise.all(entries.map((entry) => this.#order.run(entry.key, () => this.#put(entry))));
  }

  async get(keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    const pool = this.#pool;
    if (!pool) throw notConnectedError();
    return Promise.all(keys.map((key) => new Store(pool, key).get()));
  }

  async close(): Promise<void> {
    this.#pool?.close();
    this.#pool = undefined;
  }

  /** Never rejects. */
  async #put(entry: Entry): Promise<Stored> {
    try {
      if (!this.#pool) throw notConnectedError();
      return await new Store(this.#pool, entry.key).put(entry);
    } catch (error) {
      return { kind: "failed", error: error instanceof Error ? error : new Error(String(error)) };
    }
  }
}
