import assert from "node:assert/strict";

/** The clocks of servers count whole milliseconds, and not all from the same edge. */
const marginMs = 10;

/** Measures from before a send to after a receive: whatever is slow only adds to that, so it cannot fail by chance. */
export class Stopwatch {
  readonly #startMs = performance.now();

  /** Fails where less than `delayMs` went by. */
  assertNotEarly(delayMs: number): void {
    const passedMs = performance.now() - this.#startMs;
    assert.ok(
      passedMs >= delayMs - marginMs,
      `delivered ${passedMs.toFixed(0)} ms after its send, with a delay of ${delayMs} ms`,
    );
  }
}
