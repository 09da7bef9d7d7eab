import { type Logger, TimedOut, type YTaskError } from "@ytask/core/driver";
import { type Address, addressName } from "./address.js";
import { bound } from "./bound.js";
import { type Dialled, dial } from "./dial.js";
import { closedError, toYTaskError } from "./failures.js";

/** Between attempts to reach a server again. Short: until one succeeds, every call fails. */
const redialMs = 250;

type State =
  | { readonly kind: "closed" }
  | { readonly kind: "dialling"; readonly done: Promise<unknown> }
  | { readonly kind: "ready"; readonly dialled: Dialled }
  /** An attempt failed, and others go on: calls fail at once instead of waiting for them. */
  | { readonly kind: "broken"; readonly error: YTaskError };

/** A connection to one memcached that is made again when it breaks. It resends nothing. */
export class Link {
  readonly address: Address;
  readonly #timeoutMs: number;
  readonly #logger: Logger;
  readonly #onReady: (dialled: Dialled) => void;
  #state: State = { kind: "closed" };
  #redial: NodeJS.Timeout | undefined;
  #corked = false;

  /** @param onReady is called with each new connection, before any call can use it */
  constructor(address: Address, timeoutMs: number, logger: Logger, onReady: (dialled: Dialled) => void) {
    this.address = address;
    this.#timeoutMs = timeoutMs;
    this.#logger = logger;
    this.#onReady = onReady;
  }

  /** Connects for the first time. Resolves to why that failed, where it did; it is then tried again until `close`. */
  async open(): Promise<YTaskError | undefined> {
    await this.#reconnect();
    return this.#state.kind === "broken" ? this.#state.error : undefined;
  }

  /** The largest item that the server takes. Waits for an attempt that is under way, and rejects where there is none. */
  async ready(): Promise<{ readonly mostBytes: number | undefined }> {
    if (this.#state.kind === "dialling") await this.#state.done;
    return this.#connected();
  }

  /**
   * Makes one call on the connection, on which `ready` resolved in this same turn. Rejects with a YTaskError: where
   * the answer does not come in time, the connection is reset, so that what was not sent yet never is.
   */
  async call<Value>(send: (answer: (error: unknown, value: Value) => void) => void): Promise<Value> {
    const { socket } = this.#connected();
    this.#cork(socket);
    return new Promise((resolve, reject) => {
      const cancel = bound(this.#timeoutMs, () => this.#breakOff());
      send((error, value) => {
        cancel();
        if (error) reject(toYTaskError(error, this.address));
        else resolve(value);
      });
    });
  }

  close(): void {
    const state = this.#state;
    this.#state = { kind: "closed" };
    clearTimeout(this.#redial);
    if (state.kind === "ready") state.dialled.server.error(closedError());
  }

  #connected(): Dialled {
    const state = this.#state;
    if (state.kind === "ready") return state.dialled;
    if (state.kind === "broken") throw state.error;
    throw closedError();
  }

  /** All commands of this turn leave in one packet instead of one each. */
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
      dialled.server.error(closedError());
      return;
    }
    this.#state = { kind: "ready", dialled };
    dialled.server.onError("link", (error) => this.#lost(error));
    this.#onReady(dialled);
  }

  #fail(error: YTaskError): void {
    if (this.#state.kind !== "closed") this.#state = { kind: "broken", error };
  }

  #lost(thrown: unknown): void {
    if (this.#state.kind === "closed") return;
    const error = toYTaskError(thrown, this.address);
    this.#logger.warn(`the connection to memcached ${addressName(this.address)} broke; connecting again`, {
      error: error.message,
    });
    // A server that hangs will hang again, so calls do not wait for it; one that closed may well be back at once.
    if (TimedOut.isInstance(error)) this.#state = { kind: "broken", error };
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    const isAgain = this.#state.kind !== "closed";
    await this.#dial();
    if (this.#state.kind === "ready" && isAgain)
      this.#logger.info(`memcached ${addressName(this.address)} is connected again`);
    if (this.#state.kind === "broken") this.#redial = setTimeout(() => void this.#reconnect(), redialMs);
  }
}
