import type { Delivery, Outcome, Settlement } from "./broker.js";
import { TurnoverMap } from "./collections/turnover-map.js";

/**
 * The calls of a subscription's `settle` that are under way. No two of them settle the same delivery, since each would
 * send what the other sends. A subscription that closes can wait for them.
 */
export class SettlesUnderWay {
  /** Deliveries that are being settled, with their call. */
  readonly #deliveries = new TurnoverMap<string, readonly Settlement[]>();
  readonly #calls = new Set<Promise<unknown>>();

  /**
   * Makes a call, without deliveries that are not held, or that another call, which may fail, is settling.
   *
   * @param holds whether a delivery was handed out and is not settled
   * @param settle settles the others: one outcome for each, in order; never rejects
   * @returns one outcome for each settlement, in order
   */
  async settle(
    settlements: readonly Settlement[],
    holds: (delivery: Delivery) => boolean,
    settle: (settlements: readonly Settlement[]) => Promise<readonly Outcome[]>,
  ): Promise<readonly Outcome[]> {
    const refused: (Outcome | undefined)[] = [];
    const begun: Settlement[] = [];
    for (const settlement of settlements) {
      const outcome = this.#begin(settlement.delivery, settlements, holds);
      refused.push(outcome);
      if (outcome === undefined) begun.push(settlement);
    }
    const call = settle(begun);
    this.#calls.add(call);
    const outcomes = await call;
    this.#calls.delete(call);
    for (const { delivery } of begun) this.#deliveries.delete(delivery.id);
    let next = 0;
    const all: Outcome[] = [];
    for (const outcome of refused) all.push(outcome ?? outcomes[next++] ?? "unknown");
    return all;
  }

  /** Resolves once the calls that are under way now have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#calls);
  }

  /** The outcome of a settlement that is not begun. */
  #begin(
    delivery: Delivery,
    call: readonly Settlement[],
    holds: (delivery: Delivery) => boolean,
  ): Outcome | undefined {
    if (!holds(delivery)) return "lost";
    const other = this.#deliveries.get(delivery.id);
    if (other !== undefined) return other === call ? "lost" : "unknown";
    this.#deliveries.set(delivery.id, call);
    return undefined;
  }
}
