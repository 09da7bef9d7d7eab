import {
  bounded,
  type DriverEnvironment,
  ErrorCode,
  redact,
  silentLogger,
  YTaskError,
} from "@ytask/core/driver";
import type { Cluster } from "ioredis";
import type { RedisClient, RedisConnectionOptions } from "../options.js";
import { CallBrokeOff } from "./call-broke-off.js";
import { explainError, isRefusedSelect } from "./explain-error.js";
import { inspectServer } from "./inspect-server.js";
import { connectMasters, isCluster, mastersReady, openClient } from "./open-client.js";
import { WrongAnswer } from "./script.js";

/**
 * One connection (to a Cluster: one for each node) that reconnects by itself. It keeps no call for later and repeats
 * none. A call that takes too long fails, and its connection is destroyed: only then can the call not take effect much
 * later.
 */
export class Connection {
  /** The longest that a call may take, in milliseconds. */
  readonly commandTimeoutMs: number;
  readonly #client: RedisClient;
  readonly #connectTimeoutMs: number;
  readonly #readyListeners = new Set<() => void>();
  /** Calls that wait for the connection. */
  readonly #waiting = new Set<() => void>();
  #watchdog: NodeJS.Timeout | undefined;
  #lastError: Error | undefined;
  /** The last error since an attempt to connect began. */
  #attemptError: Error | undefined;
  #closed = false;
  #breaks = 0;
  /** ioredis was told to end the connection that there is. */
  #isDestroyed = false;
  /** The masters of a Cluster can be called, those that can be reached. */
  #areMastersReady = false;
  /** How often it has begun to connect. */
  #attempts = 0;
  /** Redis refused the SELECT, so the connection is in database 0, which may be another application's. */
  #inWrongDatabase = false;

  constructor(options: RedisConnectionOptions) {
    this.#connectTimeoutMs = options.connectTimeoutMs ?? 3_000;
    this.commandTimeoutMs = options.commandTimeoutMs ?? 4_000;
    this.#client = openClient(options, this.#connectTimeoutMs);
    this.#listen();
  }

  /**
   * Grows whenever the connection broke or a call was not answered. If two readings are equal, nothing happened in
   * between.
   */
  get breaks(): number {
    return this.#breaks;
  }

  /** Where the server is, for logs and errors; never a password. */
  get where(): string {
    const client = this.#client;
    if (isCluster(client)) return "the Redis Cluster";
    const { host, port, sentinels, name, path } = client.options;
    if (sentinels) return `the Sentinel group ${name ?? ""}`;
    return path ?? `${host}:${port}`;
  }

  /** The client itself, for what is not a call: subscriptions and their events. */
  get client(): RedisClient {
    return this.#client;
  }

  /**
   * Connects once and inspects the server.
   *
   * @throws YTaskError `Connection`, `AccessRefused`, `UnsupportedServer` or, for a database that does not exist,
   * `InvalidArgument`; then the connection is closed and cannot be used again
   */
  async open(environment?: DriverEnvironment, durable = false): Promise<void> {
    try {
      await bounded(this.#connect(), this.#connectTimeoutMs + 500, () => this.#giveUp("did not answer"));
      await this.use((client) =>
        inspectServer(client, this.where, environment?.logger ?? silentLogger, durable),
      );
    } catch (error) {
      this.close();
      throw this.#unreachable(error);
    }
  }

  /** Connects in the background; `use` waits for it. */
  openLater(): void {
    this.#client.connect().catch(() => {
      // Reported by the error event, which `use` reads; ioredis tries again by itself.
    });
  }

  /**
   * Makes a call as soon as there is a connection. Rejects with `CallBrokeOff` if the call may have happened, and with
   * another YTaskError if it has not.
   */
  async use<T>(call: (client: RedisClient) => Promise<T>, boundMs = this.commandTimeoutMs): Promise<T> {
    const end = performance.now() + boundMs;
    if (!this.isReady) await this.#ready(boundMs);
    try {
      return await bounded(call(this.#client), Math.max(1, end - performance.now()), () =>
        this.#giveUp(`did not answer within ${Math.round(boundMs)} ms`),
      );
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** To ioredis a connection that was told to end is ready until it has closed. */
  get isReady(): boolean {
    const isReady = this.#client.status === "ready" && !this.#isDestroyed && !this.#inWrongDatabase;
    return isReady && (this.#areMastersReady || !isCluster(this.#client));
  }

  /** Calls `listener` each time that the connection is ready (again), until the function that it returns is called. */
  onReady(listener: () => void): () => void {
    this.#readyListeners.add(listener);
    return () => this.#readyListeners.delete(listener);
  }

  /** Explains an error that a script returned as text, because it went on after the error. */
  explain(text: string): YTaskError {
    return this.#explain(Object.assign(new Error(text), { name: "ReplyError" }));
  }

  /** Destroys the connection; ioredis makes a new one. */
  destroy(): void {
    this.#breaks++;
    // Each time this is called, ioredis adds a listener to the socket.
    if (this.#closed || this.#isDestroyed) return;
    this.#isDestroyed = true;
    // A Cluster without a connection, because it still looks up its nodes' names, does not start again by itself.
    const hasNoNode = isCluster(this.#client) && this.#client.nodes("all").length === 0;
    this.#client.disconnect(true);
    if (hasNoNode) this.openLater();
  }

  /** Closes the connection: pending calls reject. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#watchdog);
    this.#client.disconnect();
  }

  async #connect(): Promise<void> {
    await this.#client.connect();
    if (this.#inWrongDatabase) throw this.#lastError;
    if (isCluster(this.#client)) await mastersReady(this.#client, this.#connectTimeoutMs / 2);
  }

  #listen(): void {
    const client = this.#client;
    if (isCluster(client)) connectMasters(client);
    for (const event of ["error", "node error", "sentinelError"])
      client.on(event, (error: Error) => this.#note(error));
    for (const event of ["close", "-node"]) client.on(event, () => this.#breaks++);
    client.on("connecting", () => {
      this.#isDestroyed = false;
      this.#inWrongDatabase = false;
      this.#areMastersReady = false;
      this.#attempts++;
      this.#attemptError = undefined;
      this.#watch();
    });
    client.on("ready", () => {
      clearTimeout(this.#watchdog);
      if (isCluster(client)) void this.#awaitMasters(client);
      else this.#becomeReady();
    });
    client.on("end", () => this.#wakeAll());
  }

  async #awaitMasters(cluster: Cluster): Promise<void> {
    const attempt = this.#attempts;
    const isReached = await mastersReady(cluster, this.#connectTimeoutMs / 2).then(
      () => true,
      () => false,
    );
    // Otherwise the connection broke meanwhile, and the next one awaits its own.
    if (attempt !== this.#attempts || cluster.status !== "ready" || this.#isDestroyed) return;
    if (!isReached) return this.destroy();
    this.#areMastersReady = true;
    this.#becomeReady();
  }

  #becomeReady(): void {
    if (this.#inWrongDatabase) return;
    this.#lastError = undefined;
    for (const listener of this.#readyListeners) listener();
    this.#wakeAll();
  }

  /** Takes note of the errors that ioredis reports. For ioredis, a failed SELECT is nothing more than that. */
  #note(reported: Error): void {
    // If the connection was closed here, the reason is known.
    if (this.#inWrongDatabase || reported.message === "Connection is closed.") return;
    // "No node of a Cluster could be used" says less than the reason.
    const error = (reported as { readonly lastNodeError?: Error }).lastNodeError ?? reported;
    this.#lastError = error;
    this.#attemptError = error;
    if (!isRefusedSelect(error)) return;
    this.#inWrongDatabase = true;
    this.destroy();
  }

  #wakeAll(): void {
    for (const wake of this.#waiting) wake();
  }

  /** ioredis bounds the TCP connect only; a server that accepts and then stays silent would hold it forever. */
  #watch(): void {
    clearTimeout(this.#watchdog);
    if (this.#closed) return;
    this.#watchdog = setTimeout(() => {
      this.#lastError =
        this.#attemptError ??
        new Error(
          `it took the connection and was not ready within ${this.#connectTimeoutMs} ms: it hangs, or loads its data`,
        );
      this.destroy();
    }, this.#connectTimeoutMs);
  }

  async #ready(boundMs: number): Promise<void> {
    if (this.#closed) throw new YTaskError(ErrorCode.Closed, "the connection to Redis was closed");
    if (this.#client.status === "end") this.openLater();
    let wake = (): void => undefined;
    const changed = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.#waiting.add(wake);
    await bounded(changed, boundMs, () => undefined);
    this.#waiting.delete(wake);
    if (this.#closed) throw new YTaskError(ErrorCode.Closed, "the connection to Redis was closed");
    if (!this.isReady) throw this.#unreachable(undefined);
  }

  #giveUp(what: string): never {
    this.destroy();
    throw new CallBrokeOff(`Redis at ${this.where} ${what}; the connection is made anew`);
  }

  #explain(thrown: unknown): YTaskError {
    const error = explainError(thrown, this.where);
    if (thrown instanceof WrongAnswer) this.destroy();
    if (error instanceof CallBrokeOff) this.#breaks++;
    // A failover makes a master a replica; a new connection finds the new master, and until then this is the reason.
    if (error.message.includes("READONLY")) {
      this.destroy();
      this.#lastError = error;
    }
    return error;
  }

  /** Why there is no connection: the last error that ioredis reported, if that says more than what was thrown. */
  #unreachable(thrown: unknown): YTaskError {
    if (YTaskError.isInstance(thrown) && !(thrown instanceof CallBrokeOff)) return thrown;
    const reason = this.#lastError ?? thrown;
    const error = reason === undefined ? undefined : explainError(reason, this.where);
    if (error !== undefined && !(error instanceof CallBrokeOff)) return error;
    const text = reason instanceof Error ? redact(reason.message) : "no answer yet";
    return new YTaskError(
      ErrorCode.Connection,
      `Redis at ${this.where} cannot be reached (${text}); see that it runs and that the address is right`,
      { cause: reason },
    );
  }
}
