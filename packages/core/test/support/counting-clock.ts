import type { Clock, Timer } from "../../src/time/clock.js";

/** A clock that goes with another, and counts the timers that are set on it. */
export class CountingClock implements Clock {
  readonly #inner: Clock;
  readonly #pending = new Set<Timer>();

  constructor(inner: Clock) {
    this.#inner = inner;
  }

  /** How many timers are set that have neither fired nor been cancelled. */
  get pending(): number {
    return this.#pending.size;
  }

  now(): number {
    return this.#inner.now();
  }

  elapsed(): number {
    return this.#inner.elapsed();
  }

  after(delayMs: number, fire: () => void): Timer {
    const timer = this.#inner.after(delayMs, () => {
      this.#pending.delete(counted);
      fire();
    });
    const counted: Timer = {
      cancel: () => {
        this.#pending.delete(counted);
        timer.cancel();
      },
    };
    this.#pending.add(counted);
    return counted;
  }
}
