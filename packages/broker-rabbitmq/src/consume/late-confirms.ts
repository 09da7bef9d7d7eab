import { bounded, type Settlement } from "@ytask/core/driver";
import type { Sent } from "../send/sender.js";

/**
 * What settlements sent that the server had not confirmed in time. It may have all of it, and confirm it yet: sent again
 * with every try to settle, it would be stored, and run, as often.
 */
export class LateConfirms {
  readonly #sent = new WeakMap<Settlement, Promise<readonly Sent[]>>();

  /** To be called with what became of the messages of a settlement. */
  note(settlement: Settlement, sent: readonly Sent[]): void {
    const isLate = sent.some((outcome) => laterOf(outcome) !== undefined);
    if (isLate) this.#sent.set(settlement, Promise.all(sent.map((outcome) => laterOf(outcome) ?? outcome)));
  }

  /** Whether messages of this settlement are still without an answer that was waited for. */
  has(settlement: Settlement): boolean {
    return this.#sent.has(settlement);
  }

  /**
   * What became of the messages of a settlement after all; undefined where that is not known within the time. Once it is
   * known, the settlement is one like any other.
   */
  async outcome(settlement: Settlement, boundMs: number): Promise<readonly Sent[] | undefined> {
    const sent = await bounded(this.#sent.get(settlement) ?? Promise.resolve([]), boundMs, () => undefined);
    if (sent !== undefined) this.#sent.delete(settlement);
    return sent;
  }
}

const laterOf = (outcome: Sent): Promise<Sent> | undefined =>
  outcome.kind === "stored" ? undefined : outcome.later;
