import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Delivery, SubscribeOptions, Subscription } from "@ytask/core/driver";
import { waitUntil } from "@ytask-internal/test-servers";
import type { RabbitMqBroker } from "../../src/index.js";

/** A queue's name that no other test uses. */
export const newQueue = (): string => `YTask:Queue:test-${randomUUID()}`;

/** Takes from a queue as core does: on and on, through errors that trying again mends. */
export class Taker {
  readonly deliveries: Delivery[] = [];
  /** What was reported by `onLost`. */
  readonly lost: readonly Delivery[];
  /** What was reported by `onError`. */
  readonly errors: readonly Error[];
  readonly #subscription: Subscription;
  #isClosed = false;
  readonly #ended: Promise<void>;

  private constructor(
    subscription: Subscription,
    { ack, lost, errors }: { ack: boolean; lost: readonly Delivery[]; errors: readonly Error[] },
  ) {
    this.#subscription = subscription;
    this.lost = lost;
    this.errors = errors;
    this.#ended = this.#take(ack);
  }

  /** `ack`: whether what is taken is acked at once. Default true. */
  static async from(
    broker: RabbitMqBroker,
    queue: string,
    { ack = true, ...options }: Partial<SubscribeOptions> & { ack?: boolean } = {},
  ): Promise<Taker> {
    const lost: Delivery[] = [];
    const errors: Error[] = [];
    const subscription = await broker.subscribe(queue, {
      maxUnsettled: 100,
      maxRedeliveries: 25,
      onLost: (deliveries) => void lost.push(...deliveries),
      onError: (error) => void errors.push(error),
      ...options,
    });
    return new Taker(subscription, { ack, lost, errors });
  }

  get bodies(): readonly string[] {
    return this.deliveries.map((delivery) => delivery.body);
  }

  get subscription(): Subscription {
    return this.#subscription;
  }

  /** Resolves once each of these bodies was taken at least once. */
  async untilTaken(bodies: Iterable<string>, timeoutMs = 45_000): Promise<void> {
    const missing = new Set(bodies);
    await waitUntil(
      `${missing.size} bodies are taken`,
      () => {
        for (const body of this.bodies) missing.delete(body);
        return missing.size === 0;
      },
      { timeoutMs },
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#subscription.close();
    await this.#ended;
  }

  async #take(ack: boolean): Promise<void> {
    while (!this.#isClosed) {
      const taken = await this.#subscription.receive(100, 1_000).catch(() => []);
      this.deliveries.push(...taken);
      // A subscription that its broker closed gives nothing at once, again and again.
      if (taken.length === 0) await nextTurn();
      if (ack) await this.#subscription.settle(taken.map((delivery) => ({ delivery, kind: "ack" })));
    }
  }
}
