import {
  type Backend,
  type BackendCapabilities,
  type DriverEnvironment,
  type Entry,
  notConnected,
  type Stored,
  type Unwatch,
} from "@ytask/core/driver";
import { Connection, checkConnectionOptions } from "@ytask-internal/redis-connection";
import type { RedisConnectionOptions } from "@ytask-internal/redis-connection/options";
import { read } from "./reader.js";
import { Watcher } from "./watcher.js";
import { Writer } from "./writer.js";

/** How to reach Redis; there is nothing else to set. */
export type RedisBackendOptions = RedisConnectionOptions;

/** Keeps results in Redis 6.2 or later, where the Go original looks for them, and notifies waiters when they arrive. */
export class RedisBackend implements Backend {
  readonly capabilities: BackendCapabilities = { atomicUnlessFinished: true };
  readonly #options: RedisBackendOptions;
  #connection: Connection | undefined;
  #writer: Writer | undefined;
  #watcher: Watcher | undefined;

  /**
   * Connects to nothing yet.
   * @throws YTaskError `InvalidArgument` for an option that is unknown or cannot work
   */
  constructor(options: RedisBackendOptions = {}) {
    checkConnectionOptions(options, "new RedisBackend: options");
    this.#options = options;
  }

  async connect(environment?: DriverEnvironment): Promise<void> {
    const connection = new Connection(this.#options);
    const writer = new Writer(connection);
    await connection.open(environment);
    await writer.begin().catch((error: unknown) => {
      connection.close();
      throw error;
    });
    await this.close();
    this.#connection = connection;
    this.#writer = writer;
  }

  async set(entries: readonly Entry[]): Promise<readonly Stored[]> {
    if (entries.length === 0) return [];
    if (this.#writer !== undefined) return this.#writer.write(entries);
    return entries.map(() => ({ kind: "failed", error: notConnectedError() }));
  }

  async get(keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    if (keys.length === 0) return [];
    return read(this.#connected(), keys);
  }

  /** Its connection is opened by the first watch. */
  async watch(key: string, onSet: () => void): Promise<Unwatch> {
    this.#connected();
    this.#watcher ??= new Watcher(new Connection(this.#options));
    return this.#watcher.watch(key, onSet);
  }

  async close(): Promise<void> {
    this.#watcher?.close();
    this.#connection?.close();
    this.#watcher = undefined;
    this.#connection = undefined;
    this.#writer = undefined;
  }

  #connected(): Connection {
    if (this.#connection === undefined) throw notConnectedError();
    return this.#connection;
  }
}

const notConnectedError = () => notConnected("the Redis backend");
