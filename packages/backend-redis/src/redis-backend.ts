import {
  type Backend,
  type BackendCapabilities,
  Batcher,
  type DriverEnvironment,
  type Entry,
  ErrorCode,
  type Stored,
  type Unwatch,
  YTaskError,
} from "@ytask/core/driver";
import { Connection } from "@ytask-internal/redis-connection";
import {
  checkConnectionOptions,
  type RedisConnectionOptions,
} from "@ytask-internal/redis-connection/options";
import { read } from "./reader.js";
import { shareOut } from "./share-out.js";
import { Watcher } from "./watcher.js";
import { Writer } from "./writer.js";

/** The most calls that are made as one. */
const mostCalls = 500;
/** So many entries do not wait for others: Redis stores them while this process goes on. */
const worthACall = 50;

/** How to reach Redis; there is nothing else to set. */
export type RedisBackendOptions = RedisConnectionOptions;

/** Keeps results in Redis 6.2 or later, where the Go original looks for them, and tells waiters when they are there. */
export class RedisBackend implements Backend {
  readonly capabilities: BackendCapabilities = { atomicUnlessFinished: true };
  readonly #options: RedisBackendOptions;
  #connection: Connection | undefined;
  #writer: Writer | undefined;
  #watcher: Watcher | undefined;
  readonly #writes = new Batcher<readonly Entry[], readonly Stored[]>(
    (calls) => this.#write(calls),
    mostCalls,
    process.nextTick,
  );
  readonly #reads = new Batcher<readonly string[], readonly (string | undefined)[]>(
    (calls) => this.#read(calls),
    mostCalls,
    process.nextTick,
  );

  /** Throws `InvalidArgument` for options that cannot work. Connects to nothing yet. */
  constructor(options: RedisBackendOptions = {}) {
    checkConnectionOptions(options);
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
    const stored = this.#writes.add(entries);
    if (entries.length >= worthACall) this.#writes.flush();
    return stored;
  }

  async get(keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    if (keys.length === 0) return [];
    return this.#reads.add(keys);
  }

  /** The connection for it is made with the first watch. */
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
    if (this.#connection === undefined) throw notConnected();
    return this.#connection;
  }

  async #write(calls: readonly (readonly Entry[])[]): Promise<readonly (readonly Stored[])[]> {
    if (this.#writer !== undefined) return shareOut(calls, await this.#writer.write(calls.flat()));
    return calls.map((entries) => entries.map(() => ({ kind: "failed", error: notConnected() })));
  }

  async #read(calls: readonly (readonly string[])[]): Promise<readonly (readonly (string | undefined)[])[]> {
    return shareOut(calls, await read(this.#connected(), calls.flat()));
  }
}

const notConnected = (): YTaskError =>
  new YTaskError(ErrorCode.Closed, "the Redis backend is not connected; call connect first");
