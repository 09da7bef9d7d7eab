/** A timer that was set. */
export interface Timer {
  /** Ends it; nothing happens where it already fired. */
  cancel(): void;
}

/** Time as core and the in-memory driver see it, so that tests can drive it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `fire` once, `delayMs` from now at the earliest. */
  after(delayMs: number, fire: () => void): Timer;
}

/** setTimeout holds at most 2^31-1 ms and fires at once beyond; a longer delay is waited for in pieces. */
const longestTimeoutMs = 2_147_483_647;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, fire) {
    let handle: NodeJS.Timeout;
    const wait = (leftMs: number) => {
      const pieceMs = Math.min(leftMs, longestTimeoutMs);
      handle = setTimeout(() => (leftMs > pieceMs ? wait(leftMs - pieceMs) : fire()), pieceMs);
    };
    wait(Math.max(0, delayMs));
    return { cancel: () => clearTimeout(handle) };
  },
};
