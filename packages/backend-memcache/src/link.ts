import { afterBound, TimedOut, type YTaskError } from "@ytask/core/driver";
import { type Address, addressName } from "./address.js";
import { type Dialled, dial } from "./dial.js";
import { notConnectedError, overloaded, toYTaskError } from "./failures.js";
import type { OutageLog } from "./outage-log.js";
import { Semaphore } from "./semaphore.js";

/**
 * The pause between attempts to reach a server again, in milliseconds. Short, because every call fails until one
 * succeeds.
 */
const redialMs = 250;

/** A connection that lived for less than this, in milliseconds, does not show that the server is back. */
const briefMs = 1_000;

/**
 * How many reads, and how many writes, are under way at a time; each of the writes takes up to four commands. If
 * thousands were sent at once, a server that answers all the time would answer the last ones too late.
 */
const mostAtATime = 500;

/** A call that has waited longer than this for its turn fails. */
const longestWaitMs = 5_000;

type State =
  | { readonly kind: "closed" }
  | { readonly kind: "dialling"; readonly done: Promise<unknown> }
  | { readonly kind: "ready"; readonly dialled: Dialled; readonly sinceMs: number }
  /** An attempt failed, and further ones follow: calls fail at once instead of waiting for them. */
  | { readonly kind: "broken"; readonly error: YTaskError };

/** A connection to one memcached, which is reopened when it breaks. It resends nothing. */
export class Link {
  readonly address: Address;
  readonly #timeoutMs: number;
  readonly #outages: OutageLog;
  /** Separate, so that thousands of reads for results do not keep a result from being stored. */
  readonly #semaphores = { read: new Semaphore(mostAtATime), write: new Semaphore(mostAtATime) };
  readonly #onReady: (dialled: Dialled) => void;
  #state: State = { kind: "closed" };
  #redial: NodeJS.Timeout | undefined;
  #corked = false;

  /** @param onReady is called with each new connection, before any call can use it */
  constructor(timeoutMs: number, outages: OutageLog, onReady: (dialled: Dialled) => void) {
    this.address = outages.address;
    this.#timeoutMs = timeoutMs;
    this.#outages = outages;
    this.#onReady = onReady;
  }

  /** Connects for the first time. Resolves to why that failed, if it did; it is then tried again until `close`. */
  async open(): Promise<YTaskError | undefined> {
    await this.#dial();
    if (this.#state.kind !== "broken") return undefined;
    this.#outages.beginAtStart();
    this.#redialLater();
    return this.#state.error;
  }

  /**
   * Runs a task that makes calls on the connection, once few enough others do. Tasks must not be nested. Rejects with a
   * YTaskError if its turn does not come in time, and otherwise as `task` does.
   */
  async inTurn<Value>(kind: "read" | "write", task: () => Promise<Value>): Promise<Value> {
    const semaphore = this.#semaphores[kind];
    if (!(await semaphore.acquire(longestWaitMs))) throw overloaded(this.address, longestWaitMs);
    try {
      return await task();
    } finally {
      semaphore.release();
    }
  }

  /**
   * The largest item that the server takes. Waits for an attempt that is under way; rejects if there is no connection.
   */
  async ready(): Promise<{ readonly mostBytes: number | undefined }> {
    if (this.#state.kind === "dialling") await this.#state.done;
    return this.#connected();
  }

  /**
   * Makes one call on the connection; `ready` must have resolved in this same turn. Rejects with a YTaskError: if the
   * answer does not come in time, the connection is reset, so that what was not sent yet never is.
   */
  async call<Value>(send: (answer: (error: unknown, value: Value) => void) => void): Promise<Value> {
    const { socket } = this.#connected();
    this.#cork(socket);
    return new Promise((resolve, reject) => {
      const timer = afterBound(this.#timeoutMs, () => this.#breakOff());
      send((error, value) => {
        timer.cancel();
        if (error) reject(toYTaskError(error, this.address));
        else resolve(value);
      });
    });
  }

  close(): void {
    const state = this.#state;
    this.#state = { kind: "closed" };
    clearTimeout(this.#redial);
    if (state.kind === "ready") state.dialled.server.error(notConnectedError());
  }

  #connected(): Dialled {
    const state = this.#state;
    if (state.kind === "ready") return state.dialled;
    if (state.kind === "broken") throw state.error;
    throw notConnectedError();
  }

  /** Lets all commands of this turn leave in one packet instead of one each. */
  #cork(socket: Dialled["socket"]): void {
    if (this.#corked) return;
    this.#corked = true;
    socket.cork();
    process.nextTick(() => {
      this.#corked = false;
      socket.uncork();
    });
  }

  #breakOff(): void {
    if (this.#state.kind !== "ready") return;
    const { server, socket } = this.#state.dialled;
    socket.resetAndDestroy();
    server.error(
      new TimedOut(`memcached ${addressName(this.address)} did not answer within ${this.#timeoutMs} ms`),
    );
  }

  async #dial(): Promise<void> {
    const done = dial(this.address, this.#timeoutMs).then(
      (dialled) => this.#connect(dialled),
      (error) => this.#fail(error),
    );
    if (this.#state.kind !== "broken") this.#state = { kind: "dialling", done };
    await done;
  }

  #connect(dialled: Dialled): void {
    if (this.#state.kind === "closed") {
      dialled.server.error(notConnectedError());
      return;
    }
    this.#state = { kind: "ready", dialled, sinceMs: performance.now() };
    dialled.server.onError("link", (error) => this.#lost(error));
    this.#onReady(dialled);
  }

  #fail(error: YTaskError): void {
    if (this.#state.kind !== "closed") this.#state = { kind: "broken", error };
  }

  #lost(thrown: unknown): void {
    if (this.#state.kind !== "ready") return;
    const isBrief = performance.now() - this.#state.sinceMs < briefMs;
    const error = toYTaskError(thrown, this.address);
    this.#outages.begin(error);
    // A hung server will hang again, so calls do not wait for it; one that closed may well be back at once.
    if (isBrief || TimedOut.isInstance(error)) this.#state = { kind: "broken", error };
    if (isBrief) this.#redialLater();
    else void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    await this.#dial();
    if (this.#state.kind === "ready") this.#outages.end();
    if (this.#state.kind === "broken") this.#redialLater();
  }

  #redialLater(): void {
    this.#redial = setTimeout(() => void this.#reconnect(), redialMs);
  }
}
