/** Tasks that take longer than this on average are not received before a slot is free. */
const shortMs = 5;
/** What the average becomes where a task waited in vain: it takes some hundred short ones to forget that. */
const longMs = 1_000;
/** So many times as many as run are held beside those that run. */
const times = 2;
/** How many tasks must have ended before their average says anything. */
const enough = 50;
/** The weight of the latest task in the average. */
const weight = 0.05;

/**
 * How many deliveries a group may hold beside those that run. Where tasks are short, waiting for the broker costs more
 * than running them, so some are received ahead; where they are long, none: another server may be idle.
 */
export class LookAhead {
  readonly #most: number;
  #averageMs = 0;
  #ended = 0;

  constructor(concurrency: number) {
    this.#most = times * concurrency;
  }

  taskEnded(durationMs: number): void {
    this.#ended++;
    this.#averageMs += weight * (durationMs - this.#averageMs);
  }

  /** To be called where one waited for a slot until it was given back: else this server would take it again at once. */
  waitedInVain(): void {
    this.#averageMs = Math.max(this.#averageMs, longMs);
  }

  get size(): number {
    return this.#ended >= enough && this.#averageMs < shortMs ? this.#most : 0;
  }
}
