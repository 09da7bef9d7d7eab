import type { Subscription } from "../broker.js";
import type { Clock } from "../clock.js";

/** How long less is wanted at the least, in milliseconds: where durations vary, a broker should not be told all the time. */
const restMs = 1_000;

/**
 * Tells a broker that sends ahead how many deliveries, beside those that run, it may send: as many as will begin soon.
 * More would wait here while another server is idle. It is told of what makes a difference: twice as many, or half.
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

  /** To be called whenever a task ended or was given back. */
  update(wanted: number): void {
    const told = this.#told;
    const isMore = wanted > 0 && wanted >= 2 * told;
    const isLess = told > 0 && wanted <= told / 2;
    if (!isMore && !isLess) return;
    const now = this.#clock.now();
    if (isMore && now - this.#loweredAt < restMs) return;
    if (isLess) this.#loweredAt = now;
    this.#told = wanted;
    this.#subscription.sendAhead?.(wanted);
  }
}
