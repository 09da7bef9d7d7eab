/**
 * What Redis' clock shows, as seen from here. An answer tells the time when it was made, and it was on its way since;
 * so the latest clock that any answer showed is the best, and never ahead of Redis' own.
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
