/**
 * An estimate of Redis' clock. An answer tells the time at which it was made, and has been on its way since. So the
 * latest time that any answer told is the best estimate, and never ahead of Redis' own clock.
 */
export class ServerClock {
  #aheadMs: number | undefined;

  /** Takes note of the time that an answer tells, in milliseconds. */
  learn(serverMs: number): void {
    this.#aheadMs = Math.max(this.#aheadMs ?? -Infinity, serverMs - performance.now());
  }

  /** What Redis' clock will show in `delayMs`, at the earliest; undefined before the first answer. */
  in(delayMs: number): number | undefined {
    return this.#aheadMs === undefined ? undefined : Math.floor(performance.now() + this.#aheadMs + delayMs);
  }
}
