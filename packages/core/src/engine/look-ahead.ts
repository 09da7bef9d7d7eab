/** Tasks that take longer than this on average are not received before a slot is free. */
const shortMs = 5;
/**
 * The average is raised to this after a delivery waited in vain for a slot. It takes about a hundred short tasks to
 * forget that.
 */
const longMs = 1_000;
/**
 * What is received ahead should begin within this many milliseconds. If it waited longer, another server might be idle.
 */
const aheadMs = 10;
/** The lowest average to believe. Durations are measured in whole milliseconds, so a lower one only says "short". */
const leastMs = 0.2;
/**
 * The most to receive ahead, or twice the concurrency if that is more. Measured with Redis at a concurrency of 100:
 * 900 made short tasks 1.28 times as fast as 400, and more than that made no difference.
 */
const enoughForBatches = 900;
/** The most that the bodies received ahead should take up, in characters. */
const mostAheadLength = 16 * 1_048_576;
/**
 * How many pieces the deliveries held arrive in. While one is on its way here, another is looked up, one runs and one
 * is stored. In a single piece, the server would wait for its broker and backend, and they for the server.
 */
const pieces = 5;
/** A smaller piece costs more calls than it saves time. */
const leastPiece = 20;
/** How many tasks must have ended before their average says anything. */
const enough = 50;
/** The weight of the latest task in the average. */
const weight = 0.05;

/**
 * How many deliveries a group may hold besides those that run. If tasks are short, waiting for the broker costs more
 * than running them, so what will begin soon is received ahead. If they are long, nothing is: another server may be
 * idle.
 */
export class LookAhead {
  readonly #concurrency: number;
  #averageMs = 0;
  #averageLength = 0;
  #ended = 0;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /** @param bodyLength how long the body of its message is, in characters */
  taskEnded(durationMs: number, bodyLength: number): void {
    this.#ended++;
    this.#averageMs += weight * (durationMs - this.#averageMs);
    this.#averageLength += weight * (bodyLength - this.#averageLength);
  }

  /**
   * Call it when a delivery has waited in vain for a slot and was released, so that this server does not receive it
   * again at once.
   */
  waitedInVain(): void {
    this.#averageMs = Math.max(this.#averageMs, longMs);
  }

  /** The most to receive in one call; if nothing is received ahead, all that there is room for. */
  get piece(): number {
    const { size } = this;
    return size === 0
      ? Number.POSITIVE_INFINITY
      : Math.max(leastPiece, Math.ceil((this.#concurrency + size) / pieces));
  }

  /** How many to receive ahead. */
  get size(): number {
    return this.#averageMs < shortMs ? this.soon : 0;
  }

  /** How many deliveries would begin within the next moment. A broker may send that many ahead. */
  get soon(): number {
    if (this.#ended < enough) return 0;
    const soon = Math.floor((this.#concurrency * aheadMs) / Math.max(leastMs, this.#averageMs));
    const fitting = Math.floor(mostAheadLength / Math.max(1, this.#averageLength));
    return Math.min(soon, fitting, mostAhead(this.#concurrency));
  }
}

/** The most that a group of this concurrency ever receives ahead. */
export const mostAhead = (concurrency: number): number =>
  Math.min((aheadMs / leastMs) * concurrency, Math.max(2 * concurrency, enoughForBatches));
