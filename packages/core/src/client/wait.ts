import { TimedOut } from "../errors.js";
import { onAbort } from "../on-abort.js";
import type { Clock, Timer } from "../time/clock.js";

/** A wait's bound, and what wakes or ends it. */
export class Wait {
  readonly timeoutMs: number;
  /** Whether the backend wakes this wait: then it need not poll so often. */
  isWatched = false;
  /** Why the wait was ended early; undefined if it was not. */
  endedBy: unknown;
  readonly #clock: Clock;
  readonly #bound: Timer | undefined;
  readonly #unlisten: (() => void) | undefined;
  /** What to call when the wait is over. */
  readonly #onOver = new Set<() => void>();
  #isOver = false;
  #isWoken = false;
  #resume: () => void = () => undefined;

  /**
   * @param timeoutMs 0 for one look, however long that takes
   * @param signal ends it early
   */
  constructor(clock: Clock, timeoutMs: number, signal: AbortSignal | undefined) {
    this.timeoutMs = timeoutMs;
    this.#clock = clock;
    this.#bound = timeoutMs > 0 ? clock.after(timeoutMs, () => this.#over()) : undefined;
    if (signal === undefined) return;
    const endBySignal = () => this.endBecause(signal.reason);
    this.#unlisten = onAbort(signal, endBySignal);
    if (signal.aborted) endBySignal();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Ends the current pause, or the next. */
  wake(): void {
    this.#isWoken = true;
    this.#resume();
  }

  /** Settles as the promise does; rejects if the wait is over first. */
  orOver<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const over = () => reject(new TimedOut("the wait is over"));
      if (this.#isOver) over();
      this.#onOver.add(over);
      promise.then(resolve, reject).finally(() => this.#onOver.delete(over));
    });
  }

  /** Pauses for `ms`, or until the wait is woken. Resolves to whether the wait goes on. */
  async pause(ms: number): Promise<boolean> {
    if (this.timeoutMs === 0) return false;
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

  /** Ends it early. */
  endBecause(reason: unknown): void {
    this.endedBy ??= reason;
    this.#over();
  }

  /** Call it at the end: leaves no timer and no listener behind. */
  cleanUp(): void {
    this.#bound?.cancel();
    this.#unlisten?.();
  }

  #over(): void {
    this.#isOver = true;
    for (const over of this.#onOver) over();
  }
}
