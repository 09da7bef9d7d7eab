import assert from "node:assert/strict";

/** Servers' clocks count whole milliseconds, and a millisecond does not begin at the same moment on each. */
const marginMs = 10;

/**
 * Measures from before a send to after a receive. A slow machine only adds to that, so the test cannot fail by chance.
 */
export class Stopwatch {
  readonly #startMs = performance.now();

  /** Fails if less than `delayMs` have passed. */
  assertNotEarly(delayMs: number): void {
    const passedMs = performance.now() - this.#startMs;
    assert.ok(
      passedMs >= delayMs - marginMs,
      `delivered ${passedMs.toFixed(0)} ms after its send, with a delay of ${delayMs} ms`,
    );
  }
}
