import { bounded, ErrorCode, YTaskError } from "@ytask/core/driver";
import type { Channel } from "amqplib";
import { explain } from "../errors.js";

export interface KeeperOptions<C extends Channel> {
  /** Opens a channel; may wait for the connection to be back. */
  open(): Promise<C>;
  /** Prepares a channel before it is used; called for each new one. */
  setUp?(channel: C): Promise<void>;
  /** Called when a channel that was in use has closed. */
  onDown?(error: YTaskError): void;
  /**
   * Called when opening or preparing a channel failed; it is tried again. An error that stays the same is reported less
   * and less often.
   */
  onError?(error: YTaskError): void;
  /** Why the connection is down, while that is known. */
  cause?(): Error | undefined;
  /** How long to wait before a new channel is opened when one in use has closed, in milliseconds. Default 50. */
  readonly firstPauseMs?: number | undefined;
  /** What the channel is for, as the beginning of a sentence in errors: "Could not publish". */
  readonly doing: string;
}

interface Waiter<C> {
  resolve(channel: C): void;
  reject(error: YTaskError): void;
}

/** The longest pause before a channel is opened again, in milliseconds: servers resume soon after an outage. */
const longestPauseMs = 1_000;
const shortPauseMs = 50;

/** Keeps one channel open: whenever it closes, for whatever reason, another one is opened and prepared. */
export class ChannelKeeper<C extends Channel> {
  readonly #options: KeeperOptions<C>;
  /** Ends whatever `#run` waits for: it waits for one thing at a time. */
  #end: () => void = () => undefined;
  /** Ends the wait for the end of the channel in use. */
  #letGo: () => void = () => undefined;
  #closed = false;
  #isRenewing = false;
  #current: C | undefined;
  #lastError: YTaskError | undefined;
  /** How often in a row the last error came. */
  #sameErrors = 0;
  readonly #waiting = new Set<Waiter<C>>();
  #pauseMs: number;

  constructor(options: KeeperOptions<C>) {
    this.#options = options;
    this.#pauseMs = options.firstPauseMs ?? shortPauseMs;
    void this.#run();
  }

  /** The channel, while it can be used. */
  get current(): C | undefined {
    return this.#current;
  }

  /** Why there is no channel, as far as it is known. */
  get lastError(): YTaskError | undefined {
    return this.#lastError;
  }

  /**
   * The channel, as soon as it can be used.
   *
   * @throws YTaskError with the reason if that takes longer than `boundMs`, or if waiting does not help
   */
  ready(boundMs: number): Promise<C> {
    if (this.#current !== undefined) return Promise.resolve(this.#current);
    if (this.#closed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      const timer = setTimeout(() => waiter.reject(this.#unreachable()), boundMs);
      const settle = <A>(settled: (value: A) => void) => {
        return (value: A) => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          settled(value);
        };
      };
      waiter.resolve = settle(resolve);
      waiter.reject = settle(reject);
      this.#waiting.add(waiter);
    });
  }

  /** Closes the channel, and opens another at once. */
  async renew(): Promise<void> {
    const channel = this.#current;
    if (channel === undefined) return;
    this.#pauseMs = 0;
    this.#isRenewing = true;
    await closeQuietly(channel);
  }

  /** Opens another channel in place of the one in use. That one stays open for what is under way; the caller closes it. */
  replace(): void {
    if (this.#current === undefined) return;
    this.#current = undefined;
    this.#pauseMs = 0;
    this.#letGo();
  }

  /** Closes the channel, which gives back what was delivered on it, and opens no other. */
  async close(boundMs: number): Promise<void> {
    this.#closed = true;
    this.#end();
    for (const waiter of this.#waiting) waiter.reject(closedError());
    const channel = this.#current;
    this.#current = undefined;
    if (channel !== undefined) await bounded(closeQuietly(channel), boundMs, () => undefined);
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.#once();
      } catch (error) {
        if (this.#closed) return;
        const failure = explain(error, this.#options.doing);
        this.#fail(failure);
        // Waiting longer would not help.
        if (failure.code !== ErrorCode.Connection) for (const waiter of this.#waiting) waiter.reject(failure);
      }
      await this.#pause();
      this.#pauseMs = Math.min(Math.max(this.#pauseMs * 2, shortPauseMs), longestPauseMs);
    }
  }

  /** Reports the first, the second, the fourth, the eighth … of errors that are the same. */
  #fail(error: YTaskError): void {
    this.#sameErrors = error.message === this.#lastError?.message ? this.#sameErrors + 1 : 1;
    this.#lastError = error;
    if (Number.isInteger(Math.log2(this.#sameErrors))) this.#options.onError?.(error);
  }

  /** The life of one channel, from its opening to its end. */
  async #once(): Promise<void> {
    const channel = await this.#opened();
    if (channel === undefined) return;
    let cause: unknown = new Error("the channel closed");
    let gone = false;
    channel.on("error", (error) => {
      cause = error;
    });
    const closed = new Promise<void>((resolve) => {
      this.#letGo = resolve;
      channel.once("close", () => {
        gone = true;
        this.#lose(channel, cause);
        resolve();
      });
    });
    // The server may have closed the channel in the same breath as it opened it, before anybody listened here. Then this
    // rejects. It sets what consumers get that do not set their own.
    await channel.prefetch(0);
    await this.#options.setUp?.(channel);
    if (this.#closed) return closeQuietly(channel);
    if (!gone) this.#use(channel);
    await closed;
  }

  /** A new channel; undefined if the keeper was closed first. Then one that opens late may be left. */
  async #opened(): Promise<C | undefined> {
    const opening = this.#options.open();
    const channel = await new Promise<C | undefined>((resolve, reject) => {
      this.#end = () => resolve(undefined);
      opening.then(resolve, reject);
    });
    if (channel === undefined) opening.then(closeQuietly, () => undefined);
    return channel;
  }

  #pause(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#pauseMs);
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #use(channel: C): void {
    this.#current = channel;
    this.#isRenewing = false;
    this.#sameErrors = 0;
    this.#pauseMs = this.#options.firstPauseMs ?? shortPauseMs;
    for (const waiter of this.#waiting) waiter.resolve(channel);
  }

  #lose(channel: C, cause: unknown): void {
    if (this.#current !== channel) return;
    this.#current = undefined;
    const error = explain(cause, this.#options.doing);
    this.#lastError = this.#isRenewing ? undefined : error;
    this.#options.onDown?.(error);
  }

  #unreachable(): YTaskError {
    const { cause, doing } = this.#options;
    const error = cause?.() ?? this.#lastError ?? new Error("no channel could be opened in time");
    return explain(error, doing);
  }
}

const closedError = () => new YTaskError(ErrorCode.Closed, "The RabbitMQ broker is closed");

/** Closes a channel, which may have closed already. Never rejects. */
export async function closeQuietly(channel: Channel): Promise<void> {
  channel.on("error", () => undefined);
  try {
    await channel.close();
  } catch {
    // The channel closed by itself in the meantime, which is all that was wanted.
  }
}
