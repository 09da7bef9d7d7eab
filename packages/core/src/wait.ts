import type { Clock, Timer } from "./clock.js";
import { ErrorCode, TimedOut, YTaskError } from "./errors.js";

/** A wait's bound, and what wakes or ends it. */
export class Wait {
  readonly timeoutMs: number;
  /** Whether the backend wakes it: then it need not look so often. */
  isWatched = false;
  /** The reason of the signal that ended it, where one did. */
  endedBy: unknown;
  readonly #clock: Clock;
  readonly #bound: Timer;
  readonly #signals: readonly AbortSignal[];
  /** What to call when the wait is over. */
  readonly #onOver = new Set<() => void>();
  #isOver = false;
  #isWoken = false;
  #resume: () => void = () => undefined;

  /** @param signals end it early */
  constructor(clock: Clock, timeoutMs: number, signals: readonly AbortSignal[]) {
    this.timeoutMs = timeoutMs;
    this.#clock = clock;
    this.#signals = signals;
    this.#bound = clock.after(timeoutMs, this.#end);
    for (const signal of signals) signal.addEventListener("abort", this.#endBySignal, { once: true });
    if (signals.some((signal) => signal.aborted)) this.#endBySignal();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Ends the current pause, or the next. */
  wake(): void {
    this.#isWoken = true;
    this.#resume();
  }

  /** What the promise settles to; rejects where the wait is over before. */
  orOver<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const over = () => reject(new TimedOut("the wait is over"));
      if (this.#isOver) over();
      this.#onOver.add(over);
      promise.then(resolve, reject).finally(() => this.#onOver.delete(over));
    });
  }

  /** Pauses for so long, or until it is woken. Resolves to whether the wait goes on. */
  async pause(ms: number): Promise<boolean> {
    if (!this.#isWoken && !this.#isOver) {
      await new Promise<void>((resolve) => {
        const timer = this.#clock.after(ms, resolve);
        this.#resume = () => {
          timer.cancel();
          resolve();
        };
        this.#onOver.add(this.#resume);
      });
      this.#onOver.delete(this.#resume);
      this.#resume = () => undefined;
    }
    this.#isWoken = false;
    return !this.#isOver;
  }

  /** To be called at the end: leaves no timer and no listener behind. */
  end(): void {
    this.#bound.cancel();
    for (const signal of this.#signals) signal.removeEventListener("abort", this.#endBySignal);
  }

  readonly #endBySignal = (): void => {
    const fired = this.#signals.find((signal) => signal.aborted);
    this.endedBy ??= fired?.reason ?? new YTaskError(ErrorCode.Closed, "the wait was ended");
    this.#end();
  };

  readonly #end = (): void => {
    this.#isOver = true;
    for (const over of this.#onOver) over();
  };
}
