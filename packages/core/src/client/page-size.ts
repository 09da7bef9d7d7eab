import type { Clock } from "../time/clock.js";

const largest = 500;
/** A page that took less may be followed by one four times as large, which then still ends in time. */
const quickMs = 2_000;
/** After one that took more, the next is half as large: each call of a page has fifteen seconds. */
const slowMs = 8_000;

/** How many letters a page may have: more and more while that goes fast, since letters may be long and the line slow. */
export class PageSize {
  readonly #clock: Clock;
  #letters = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Does a page, and learns from how long that took.
   *
   * @param page is given the most letters that it may have
   */
  async measured<T>(page: (most: number) => Promise<T>): Promise<T> {
    const beganMs = this.#clock.elapsed();
    const done = await page(this.#letters);
    const tookMs = this.#clock.elapsed() - beganMs;
    if (tookMs < quickMs) this.#letters = Math.min(largest, this.#letters * 4);
    if (tookMs > slowMs) this.#letters = Math.ceil(this.#letters / 2);
    return done;
  }
}
