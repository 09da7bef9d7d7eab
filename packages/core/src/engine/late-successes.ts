import type { Conclusion } from "./conclude.js";
import type { Execution } from "./execution.js";

/** The most attempts that are remembered. The oldest are forgotten, so those tasks may run once more. */
const mostRemembered = 1_000;
/** The most characters of all that they returned: a server lives for long, and they stay until they are delivered again. */
const mostCharacters = 16_000_000;

/**
 * Attempts that succeeded here but were settled too late. If such an attempt is delivered here again, it is settled at
 * once, without running. Otherwise, if no result is stored, a task that blocks the event loop for longer than the lease
 * would succeed too late on one server after another, until it had been delivered too often.
 */
export class LateSuccesses {
  /** What each returned. All else is in the delivery that comes. */
  readonly #values = new Map<string, readonly string[]>();
  #characters = 0;

  note(execution: Execution, { event, result }: Conclusion): void {
    if (event !== "succeeded") return;
    const key = keyOf(execution);
    this.#forget(key);
    const values = result?.returned ?? [];
    this.#values.set(key, values);
    this.#characters += charactersOf(values);
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= mostRemembered && this.#characters <= mostCharacters) return;
      this.#forget(oldest);
    }
  }

  /** What the attempt of this delivery returned here, as JSON texts; undefined where that is not known. */
  take(execution: Execution): readonly string[] | undefined {
    return execution.delivery.redeliveries === 0 ? undefined : this.#forget(keyOf(execution));
  }

  #forget(key: string): readonly string[] | undefined {
    const values = this.#values.get(key);
    if (values === undefined) return undefined;
    this.#values.delete(key);
    this.#characters -= charactersOf(values);
    return values;
  }
}

const charactersOf = (values: readonly string[]): number =>
  values.reduce((sum, { length }) => sum + length, 0);

/** The same for each delivery of one attempt of one step, and for no other. */
const keyOf = ({ id, step, attempt, message }: Execution): string =>
  JSON.stringify([id, step, attempt, message.extra.executionId]);
