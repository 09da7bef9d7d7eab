import { afterBound, TurnoverMap } from "@ytask/core/driver";

/** A counting semaphore: lets only so many run at a time. The rest wait, in the order in which they came. */
export class Semaphore {
  #free: number;
  readonly #waiting = new TurnoverMap<() => void, undefined>();

  constructor(atATime: number) {
    this.#free = atATime;
  }

  /**
   * Resolves to true once it is acquired, and `release` must be called; to false if that took too long, and then there
   * is nothing to release.
   */
  async acquire(longestWaitMs: number): Promise<boolean> {
    if (this.#free === 0) return this.#wait(longestWaitMs);
    this.#free--;
    return true;
  }

  release(): void {
    const [next] = this.#waiting.keys();
    if (next === undefined) this.#free++;
    else next();
  }

  #wait(longestWaitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isAcquired: boolean) => {
        timer.cancel();
        this.#waiting.delete(go);
        resolve(isAcquired);
      };
      const go = () => settle(true);
      const timer = afterBound(longestWaitMs, () => settle(false));
      this.#waiting.set(go, undefined);
    });
  }
}
