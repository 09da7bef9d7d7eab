import type { Subscription } from "../broker.js";
import type { Clock } from "../time/clock.js";

/** After lowering the limit, do not raise it for this long, in milliseconds, so that varying durations do not make it flap. */
const restMs = 1_000;

/**
 * Tells a broker that sends ahead how many deliveries it may send besides those that run: as many as will begin soon.
 * More would wait here while another server is idle. The broker is told only when the number has doubled or halved.
 */
export class SendAhead {
  readonly #subscription: Subscription;
  readonly #clock: Clock;
  #told = 0;
  #loweredAt = Number.NEGATIVE_INFINITY;

  constructor(subscription: Subscription, clock: Clock) {
    this.#subscription = subscription;
    this.#clock = clock;
  }

  /** Call it whenever a task has ended or was given back. */
  update(wanted: number): void {
    const told = this.#told;
    const isMore = wanted > 0 && wanted >= 2 * told;
    const isLess = told > 0 && wanted <= told / 2;
    if (!isMore && !isLess) return;
    const now = this.#clock.elapsed();
    if (isMore && now - this.#loweredAt < restMs) return;
    if (isLess) this.#loweredAt = now;
    this.#told = wanted;
    this.#subscription.sendAhead?.(wanted);
  }
}
