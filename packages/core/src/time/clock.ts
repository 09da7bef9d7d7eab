/** A timer that was set. */
export interface Timer {
  /** Cancels the timer; does nothing if it has already fired. */
  cancel(): void;
}

/** Time as core and the in-memory driver see it, so that tests can drive it. */
export interface Clock {
  /** The time of day: milliseconds since 1970. */
  now(): number;
  /**
   * Whole milliseconds since some moment in the past, for how long something takes or took: it goes on evenly where somebody
   * sets the machine's clock.
   */
  elapsed(): number;
  /** Calls `fire` once, `delayMs` from now at the earliest. */
  after(delayMs: number, fire: () => void): Timer;
}

/** setTimeout holds at most 2^31-1 ms and fires at once beyond; a longer delay is waited for in pieces. */
const longestTimeoutMs = 2_147_483_647;

/** A class, like everything that may live as long as a task: see "Memory" in docs/architecture.md. */
class SystemTimer implements Timer {
  #handle: NodeJS.Timeout;

  constructor(delayMs: number, fire: () => void) {
    this.#handle = this.#wait(delayMs, fire);
  }

  cancel(): void {
    clearTimeout(this.#handle);
  }

  #wait(leftMs: number, fire: () => void): NodeJS.Timeout {
    if (leftMs <= longestTimeoutMs) return setTimeout(fire, leftMs);
    return setTimeout(() => {
      this.#handle = this.#wait(leftMs - longestTimeoutMs, fire);
    }, longestTimeoutMs);
  }
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => Math.floor(performance.now()),
  after(delayMs, fire) {
    return new SystemTimer(Math.max(0, delayMs), fire);
  },
};
