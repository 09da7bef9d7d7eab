import type { Delivery, Settlement, Subscription } from "../broker.js";
import { messageOf } from "../errors.js";
import { delayedQueueKey, queueKey } from "../keys.js";
import { parseMessage } from "../message.js";
import { parseTime } from "../wire/time.js";
import type { Engine } from "./engine.js";
import { Puller } from "./puller.js";
import { Settler } from "./settler.js";

const batchSize = 100;
/** The longest delay of one hop. A message that is due later comes back to this queue in between. */
const longestHoldMs = 30 * 86_400_000;

/**
 * Serves the delayed queue that the Go original keeps for a group: what Go clients send there is moved into the
 * broker's own delays, which bring it to the group's queue when it is due. Only with `goCompatible`.
 */
export class DelayedQueue {
  readonly #engine: Engine;
  readonly #group: string;
  readonly #subscription: Subscription;
  readonly #settler: Settler;
  readonly #puller: Puller;

  static async start(engine: Engine, group: string): Promise<DelayedQueue> {
    const { broker, wireVersion, maxRedeliveries, logger, events } = engine.options;
    const queue = delayedQueueKey(group, wireVersion);
    const subscription = await broker.subscribe(queue, {
      maxUnsettled: batchSize,
      maxRedeliveries,
      onLost: () => undefined,
      onError: (error) => {
        logger.error("the broker reports an error", { queue, error: messageOf(error) });
        events.emitError(error);
      },
    });
    return new DelayedQueue(engine, group, subscription);
  }

  private constructor(engine: Engine, group: string, subscription: Subscription) {
    const { clock, logger, wireVersion, events } = engine.options;
    const queue = delayedQueueKey(group, wireVersion);
    this.#engine = engine;
    this.#group = group;
    this.#subscription = subscription;
    this.#settler = new Settler(subscription, queue, clock);
    this.#puller = new Puller({
      queue,
      subscription,
      mayHold: () => batchSize,
      piece: () => batchSize,
      maxUnsettled: batchSize,
      clock,
      logger,
      onDeliveries: (deliveries) => deliveries.forEach((delivery) => void this.#move(delivery)),
      onError: events.emitError,
    });
  }

  /** Receives no more, and gives back what is not moved yet. */
  async close(): Promise<void> {
    this.#puller.stop();
    this.#settler.close();
    await this.#subscription.close();
  }

  async #move(delivery: Delivery): Promise<void> {
    await this.#settler.settle(this.#settlementOf(delivery));
    this.#puller.done();
    this.#puller.settled();
  }

  /** What cannot be read goes to the group's queue at once, to become a dead letter there. */
  #settlementOf(delivery: Delivery): Settlement {
    const { wireVersion, clock } = this.#engine.options;
    const delayMs = Math.max(0, (dueMsOf(delivery.body) ?? 0) - clock.now());
    const outgoing =
      delayMs > longestHoldMs
        ? { queue: delayedQueueKey(this.#group, wireVersion), body: delivery.body, delayMs: longestHoldMs }
        : { queue: queueKey(this.#group, wireVersion), body: delivery.body, delayMs };
    return { delivery, kind: "replace", by: [outgoing] };
  }
}

function dueMsOf(body: string): number | undefined {
  try {
    const { runTime } = parseMessage(body);
    return runTime === undefined ? undefined : parseTime(runTime);
  } catch {
    return undefined;
  }
}
