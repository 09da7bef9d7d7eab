import type { Outcome, Settlement, Subscription } from "../broker.js";
import { partsByKey } from "../collections/by-key.js";
import { KeyedBatcher } from "../collections/keyed-batcher.js";
import { bounded } from "../time/bounded.js";
import type { Clock } from "../time/clock.js";

/** How long one call may take before its outcome counts as unknown: a driver's own bound comes first. */
const callBoundMs = 15_000;
const firstPauseMs = 100;
const longestPauseMs = 2_000;

/**
 * Settles deliveries in batches: one each turn of the event loop, and another for each other queue that something is
 * put into, so that a queue which takes nothing holds up only its own batch. An unknown outcome is settled again until
 * the broker knows it, because a delivery that stays unsettled would be held for as long as the server lives.
 */
export class Settler {
  readonly #subscription: Subscription;
  readonly #clock: Clock;
  readonly #queue: string;
  readonly #batcher: KeyedBatcher<Settlement, Outcome>;
  #isClosed = false;
  readonly #wake = new Set<() => void>();

  /** @param queue the subscription's */
  constructor(subscription: Subscription, queue: string, clock: Clock) {
    this.#subscription = subscription;
    this.#queue = queue;
    this.#clock = clock;
    // By kind as well: if one kind cannot be settled, say because the queue takes no dead letters, the others of its
    // batch can.
    this.#batcher = new KeyedBatcher(
      (settlement) => `${settlement.kind} ${this.#queueOf(settlement)}`,
      (settlements) => this.#settle(settlements),
    );
  }

  /** Resolves to what became of the settlement: `unknown` only if the settler was closed meanwhile. Never rejects. */
  settle(settlement: Settlement): Promise<Outcome> {
    return this.#batcher
      .add(settlement)
      .then((outcome) => (outcome === "unknown" ? this.#settleAgain(settlement) : outcome));
  }

  /** The same for many: calls `onOutcome` with the index of each once its outcome is known, without waiting for others. */
  settleAll(settlements: readonly Settlement[], onOutcome: (index: number, outcome: Outcome) => void): void {
    for (const { items, indices } of partsByKey(settlements, this.#queueOf))
      void this.#settle(items).then((outcomes) => {
        items.forEach((settlement, position) => {
          const index = indices[position] ?? 0;
          const outcome = outcomes[position] ?? "unknown";
          if (outcome !== "unknown") onOutcome(index, outcome);
          else void this.#settleAgain(settlement).then((known) => onOutcome(index, known));
        });
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

  /** The queue that has to take something before it can be settled. */
  readonly #queueOf = (settlement: Settlement): string => {
    const other =
      settlement.kind === "replace" ? settlement.by.find(({ queue }) => queue !== this.#queue) : undefined;
    return other?.queue ?? this.#queue;
  };

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
