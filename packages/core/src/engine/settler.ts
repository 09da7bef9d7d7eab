import type { Outcome, Settlement, Subscription } from "../broker.js";
import { Batcher } from "../collections/batcher.js";
import { bounded } from "../time/bounded.js";
import type { Clock } from "../time/clock.js";

/** How long one call may take before its outcome counts as unknown: a driver's own bound comes first. */
const callBoundMs = 15_000;
const firstPauseMs = 100;
const longestPauseMs = 2_000;

/**
 * Settles deliveries in batches, one a turn of the event loop. An unknown outcome is settled again until the broker
 * knows it, since a delivery that stays unsettled would be held for as long as the server lives.
 */
export class Settler {
  readonly #subscription: Subscription;
  readonly #clock: Clock;
  readonly #batcher: Batcher<Settlement, Outcome>;
  #isClosed = false;
  readonly #wake = new Set<() => void>();

  constructor(subscription: Subscription, clock: Clock) {
    this.#subscription = subscription;
    this.#clock = clock;
    this.#batcher = new Batcher((settlements) => this.#settle(settlements));
  }

  /** Resolves to what became of it: `unknown` only where the settler was closed meanwhile. Never rejects. */
  settle(settlement: Settlement): Promise<Outcome> {
    return this.#batcher
      .add(settlement)
      .then((outcome) => (outcome === "unknown" ? this.#settleAgain(settlement) : outcome));
  }

  /**
   * The same for many in one call: calls `onOutcome` with the index of each once its outcome is known, without waiting
   * for others.
   */
  async settleAll(
    settlements: readonly Settlement[],
    onOutcome: (index: number, outcome: Outcome) => void,
  ): Promise<void> {
    const outcomes = await this.#settle(settlements);
    settlements.forEach((settlement, index) => {
      const outcome = outcomes[index] ?? "unknown";
      if (outcome !== "unknown") onOutcome(index, outcome);
      else void this.#settleAgain(settlement).then((known) => onOutcome(index, known));
    });
  }

  /** From now on an unknown outcome is final. */
  close(): void {
    this.#isClosed = true;
    for (const wake of this.#wake) wake();
  }

  async #settleAgain(settlement: Settlement): Promise<Outcome> {
    for (let pauseMs = firstPauseMs; !this.#isClosed; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      await this.#pause(pauseMs);
      const outcome = await this.#batcher.add(settlement);
      if (outcome !== "unknown") return outcome;
    }
    return "unknown";
  }

  async #settle(settlements: readonly Settlement[]): Promise<readonly Outcome[]> {
    const unknown = () => settlements.map((): Outcome => "unknown");
    try {
      return await bounded(this.#subscription.settle(settlements), callBoundMs, unknown, this.#clock);
    } catch {
      return unknown();
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        timer.cancel();
        this.#wake.delete(wake);
        resolve();
      };
      const timer = this.#clock.after(ms, wake);
      this.#wake.add(wake);
      if (this.#isClosed) wake();
    });
  }
}
