import type { Session } from "./contestant.js";

const boundMs = 180_000;

/** Counts what ran and what is done, and checks that this is each task once. */
export class Tally {
  readonly #total: number;
  readonly #runs: Uint8Array;
  readonly #milestones = new Map<number, (() => void)[]>();
  #done = 0;

  /** @param total how many tasks are sent: their indices are 0 to total - 1 */
  constructor(total: number) {
    this.#total = total;
    this.#runs = new Uint8Array(total);
  }

  readonly run = (index: number): void => {
    this.#runs[index] = (this.#runs[index] ?? 0) + 1;
  };

  readonly onDone = (): void => {
    for (const reached of this.#milestones.get(++this.#done) ?? []) reached();
  };

  /** Resolves once so many tasks are done; rejects after three minutes. */
  until(count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#done >= count) resolve();
      const giveUp = () => reject(new Error(`${this.#done} of ${count} tasks were done after ${boundMs} ms`));
      const timer = setTimeout(giveUp, boundMs);
      const reached = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#milestones.set(count, [...(this.#milestones.get(count) ?? []), reached]);
    });
  }

  /** Rejects unless each task ran exactly once and, where results are stored, each is there. */
  async verify(session: Session): Promise<void> {
    const wrong = this.#runs.findIndex((count) => count !== 1);
    if (wrong !== -1) throw new Error(`task ${wrong} of ${this.#total} ran ${this.#runs[wrong]} times`);
    if (session.results === undefined) return;
    const isThere = new Uint8Array(this.#total);
    for (const result of await session.results()) if (typeof result === "number") isThere[result] = 1;
    const missing = isThere.indexOf(0);
    if (missing !== -1) throw new Error(`the result of task ${missing} of ${this.#total} is missing`);
  }
}
