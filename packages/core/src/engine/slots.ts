import { Deque } from "../collections/deque.js";
import type { Clock, Timer } from "../time/clock.js";

/** How long a delivery that was received ahead waits for a slot before it is given back, for another server. */
const patienceMs = 1_000;

class Waiting {
  constructor(
    readonly sinceMs: number,
    readonly onTaken: (waitedMs: number | undefined) => void,
  ) {}
}

/** Lets at most `capacity` tasks of a group run at a time; the others wait for a slot in the order in which they came. */
export class Slots {
  readonly #clock: Clock;
  #free: number;
  readonly #waiting = new Deque<Waiting>();
  #timer: Timer | undefined;
  #isStopped = false;
  #isHandingOut = false;

  constructor(capacity: number, clock: Clock) {
    this.#free = capacity;
    this.#clock = clock;
  }

  /** Takes a slot now; false if none is free. */
  take(): boolean {
    if (this.#free === 0) return false;
    this.#free--;
    return true;
  }

  /**
   * Calls `onTaken` once a slot is taken, with the milliseconds that it took; with undefined if none was free for a
   * second, or `stop` was called.
   */
  wait(onTaken: Waiting["onTaken"]): void {
    if (this.#isStopped) {
      onTaken(undefined);
      return;
    }
    this.#waiting.pushBack(new Waiting(this.#clock.elapsed(), onTaken));
    this.#timer ??= this.#clock.after(patienceMs, () => this.#giveUp());
  }

  /** Gives a slot back. Whoever waited longest may begin before this returns. */
  free(): void {
    this.#free++;
    // A short task may begin and end within this call. Then this loop begins the next one, not a nested call.
    if (this.#isHandingOut) return;
    this.#isHandingOut = true;
    while (this.#free > 0) {
      const next = this.#waiting.popFront();
      if (next === undefined) break;
      this.#free--;
      next.onTaken(this.#clock.elapsed() - next.sinceMs);
    }
    this.#isHandingOut = false;
  }

  /** Ends all waiting. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    for (let next = this.#waiting.popFront(); next !== undefined; next = this.#waiting.popFront())
      next.onTaken(undefined);
  }

  #giveUp(): void {
    this.#timer = undefined;
    const before = this.#clock.elapsed() - patienceMs;
    for (let next = this.#waiting.first; next !== undefined; next = this.#waiting.first) {
      if (next.sinceMs > before) {
        this.#timer = this.#clock.after(next.sinceMs - before, () => this.#giveUp());
        return;
      }
      this.#waiting.popFront();
      next.onTaken(undefined);
    }
  }
}
