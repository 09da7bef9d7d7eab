import type { Conclusion } from "./conclude.js";
import type { Execution } from "./execution.js";

/** Beyond so many the oldest are forgotten: those attempts may run once more. */
const mostRemembered = 1_000;

/**
 * Attempts that succeeded here and were settled too late. One that is delivered here again is settled at once. Else,
 * where no result tells that it is done, a task that blocks the event loop for longer than the lease would go from
 * server to server, too late on each, until it was delivered too often.
 */
export class LateSuccesses {
  readonly #conclusions = new Map<string, Conclusion>();

  note(execution: Execution, conclusion: Conclusion): void {
    if (conclusion.event !== "succeeded") return;
    this.#conclusions.set(keyOf(execution), conclusion);
    const [oldest] = this.#conclusions.keys();
    if (this.#conclusions.size > mostRemembered && oldest !== undefined) this.#conclusions.delete(oldest);
  }

  /** What the attempt led to here, for the delivery that came now; undefined where that is not known. */
  take(execution: Execution): Conclusion | undefined {
    if (execution.delivery.redeliveries === 0) return undefined;
    const key = keyOf(execution);
    const conclusion = this.#conclusions.get(key);
    if (conclusion === undefined) return undefined;
    this.#conclusions.delete(key);
    return { ...conclusion, settlement: { ...conclusion.settlement, delivery: execution.delivery } };
  }
}

/** The same for each delivery of one attempt of one step, and for no other. */
const keyOf = ({ id, step, attempt, message }: Execution): string =>
  JSON.stringify([id, step, attempt, message.extra.executionId]);
