import { afterBound, TurnoverMap } from "@ytask/core/driver";

/** Lets so many run at a time. What comes beyond waits for its turn, in the order in which it came. */
export class Turns {
  #free: number;
  readonly #waiting = new TurnoverMap<() => void, undefined>();

  constructor(atATime: number) {
    this.#free = atATime;
  }

  /** Resolves to true at its turn, which `end` must end; to false where that took longer, and there is none to end. */
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
