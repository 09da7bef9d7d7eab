import type { Conclusion } from "./conclude.js";
import type { Execution } from "./execution.js";

/** The most attempts that are remembered. The oldest are forgotten, so those tasks may run once more. */
const mostRemembered = 1_000;

/**
 * Attempts that succeeded here and were settled too late. One that is delivered here again is settled at once, without
 * running. Without this, and where no result is stored, a task that blocks the event loop for longer than the lease would
 * succeed too late on one server after another, until it was delivered too often.
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
