import type { Clock, Timer } from "../clock.js";

/** How long a delivery that was received ahead waits for a slot before it is given back, for another server. */
const patienceMs = 1_000;

interface Waiting {
  readonly sinceMs: number;
  resolve(isTaken: boolean): void;
}

/** At most so many tasks of a group run at a time; the others wait for a slot in the order they came. */
export class Slots {
  readonly #clock: Clock;
  #free: number;
  readonly #waiting = new Set<Waiting>();
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(capacity: number, clock: Clock) {
    this.#free = capacity;
    this.#clock = clock;
  }

  /** Takes a slot now; false where none is free. */
  take(): boolean {
    if (this.#free === 0) return false;
    this.#free--;
    return true;
  }

  /** Resolves to true once a slot is taken; to false where none was free for a second, or `stop` was called. */
  wait(): Promise<boolean> {
    if (this.#isStopped) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#waiting.add({ sinceMs: this.#clock.now(), resolve });
      this.#timer ??= this.#clock.after(patienceMs, () => this.#giveUp());
    });
  }

  /** Gives a slot back. */
  free(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next.resolve(true);
  }

  /** Ends all waiting. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    for (const waiting of this.#waiting) waiting.resolve(false);
    this.#waiting.clear();
  }

  #giveUp(): void {
    this.#timer = undefined;
    const before = this.#clock.now() - patienceMs;
    for (const waiting of this.#waiting) {
      if (waiting.sinceMs > before) {
        this.#timer = this.#clock.after(waiting.sinceMs - before, () => this.#giveUp());
        return;
      }
      this.#waiting.delete(waiting);
      waiting.resolve(false);
    }
  }
}
