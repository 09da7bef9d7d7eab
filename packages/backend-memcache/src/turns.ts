import { afterBound, TurnoverMap } from "@ytask/core/driver";

/** Lets only so many run at a time. The rest wait for their turn, in the order in which they came. */
export class Turns {
  #free: number;
  readonly #waiting = new TurnoverMap<() => void, undefined>();

  constructor(atATime: number) {
    this.#free = atATime;
  }

  /**
   * Resolves to true when its turn comes, which `end` must end; to false if that took too long, and then there is no
   * turn to end.
   */
  async begin(longestWaitMs: number): Promise<boolean> {
    if (this.#free === 0) return this.#wait(longestWaitMs);
    this.#free--;
    return true;
  }

  end(): void {
    const [next] = this.#waiting.keys();
    if (next === undefined) this.#free++;
    else next();
  }

  #wait(longestWaitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isItsTurn: boolean) => {
        timer.cancel();
        this.#waiting.delete(go);
        resolve(isItsTurn);
      };
      const go = () => settle(true);
      const timer = afterBound(longestWaitMs, () => settle(false));
      this.#waiting.set(go, undefined);
    });
  }
}
