import { Deque } from "../collections/deque.js";
import { callBackend, type HeldBackend, unanswered } from "../results/call-backend.js";
import { type Reading, readEach, rejected } from "../results/read-keys.js";
import { bounded } from "../time/bounded.js";

/** The most keys that are read one by one; where more are in time, all go into one call again. */
const most = 500;
/** A read that fails sooner was refused, and would be with fewer beside it. */
const slowMs = 500;

/** Begins a read; undefined where nobody waits for it any more. */
type Begin = () => Promise<Reading> | undefined;

/**
 * Reads keys in one call, while the backend answers that in time. Results may be large and the line slow: many waits
 * together would ask for more than comes within a call's bound, again and again, and none would get its own. So after a
 * call that was not answered in time each key is read by itself, half as many at a time; more again while that goes well.
 */
export class KeyReader {
  readonly #source: HeldBackend;
  readonly #waiting = new Deque<Begin>();
  #running = 0;
  /** How many keys may be read one by one at a time. A fraction has no effect until it adds up. */
  #limit = most;
  #limitedAtMs = 0;
  /** How long the last read took that was not answered in time. */
  #failedAfterMs = 0;

  constructor(source: HeldBackend) {
    this.#source = source;
  }

  /** One reading for each key, some when others are still awaited. Never rejects, and all settle within the bound. */
  async read(keys: readonly string[]): Promise<readonly (Reading | Promise<Reading>)[]> {
    const { clock, hold, boundMs } = this.#source;
    if (this.#limit < most) return keys.map((key) => this.#readInTurn(key, boundMs));
    const beganMs = clock.elapsed();
    try {
      const values = await callBackend(this.#source, (backend) => backend.get(keys));
      return keys.map((_, index) => ({ status: "fulfilled", value: values[index] }));
    } catch (problem) {
      const tookMs = clock.elapsed() - beganMs;
      if (tookMs < slowMs || keys.length === 1 || !hold.isConnected)
        return readEach(this.#source, keys, problem, boundMs - tookMs);
      this.#limitTo(keys.length / 2, beganMs);
      return keys.map((key) => this.#readInTurn(key, boundMs - tookMs, problem));
    }
  }

  /** @param problem why it could not be read before, which says more than that it is not its turn yet */
  #readInTurn(key: string, boundMs: number, problem: unknown = unanswered(boundMs)): Promise<Reading> {
    let isOver = false;
    const reading = new Promise<Reading>((resolve) => {
      this.#waiting.pushBack(() => {
        if (isOver) return undefined;
        const read = this.#readKey(key);
        void read.then(resolve);
        return read;
      });
    });
    this.#begin();
    const giveUp = (): Reading => {
      isOver = true;
      return rejected(problem);
    };
    return bounded(reading, boundMs, giveUp, this.#source.clock);
  }

  /** A read that nobody waits for any more still takes its part of the line until it ends. */
  #begin(): void {
    while (this.#running + 1 <= this.#limit) {
      const begin = this.#waiting.popFront();
      if (begin === undefined) return;
      const read = begin();
      if (read === undefined) continue;
      this.#running++;
      void read.then(() => {
        this.#running--;
        this.#begin();
      });
    }
  }

  async #readKey(key: string): Promise<Reading> {
    const { clock } = this.#source;
    const beganMs = clock.elapsed();
    try {
      const [value] = await callBackend(this.#source, (backend) => backend.get([key]));
      // Twice as many after a round of quick reads, one more after another.
      const isQuick = 3 * (clock.elapsed() - beganMs) < this.#failedAfterMs;
      this.#limit = Math.min(most, this.#limit + (isQuick ? 1 : 1 / this.#limit));
      return { status: "fulfilled", value };
    } catch (error) {
      this.#limitTo(this.#limit / 2, beganMs);
      return rejected(error);
    }
  }

  /** After a read failed that began then: of those that were under way together the first to fail counts. */
  #limitTo(limit: number, beganMs: number): void {
    const nowMs = this.#source.clock.elapsed();
    if (nowMs - beganMs < slowMs || beganMs < this.#limitedAtMs) return;
    this.#limit = Math.max(1, Math.min(this.#limit, Math.floor(limit)));
    this.#limitedAtMs = nowMs;
    this.#failedAfterMs = nowMs - beganMs;
  }
}
