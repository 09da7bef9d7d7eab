import { setImmediate as nextTurn } from "node:timers/promises";
import type { Delivery, Outgoing, Subscription } from "@ytask/core/driver";
import type { RedisBroker } from "../../src/index.js";

export const message = (queue: string, body: string, more: Partial<Outgoing> = {}): Outgoing => ({
  queue,
  body,
  ...more,
});

/** A subscription that takes note of what it is told. */
export async function subscribe(broker: RedisBroker, queue: string) {
  const lost: Delivery[] = [];
  const errors: Error[] = [];
  const subscription = await broker.subscribe(queue, {
    maxUnsettled: 1_000,
    maxRedeliveries: 10,
    onLost: (deliveries) => lost.push(...deliveries),
    onError: (error) => errors.push(error),
  });
  return { subscription, lost, errors };
}

/** Receives until there are `count`, however many calls and failures that takes. */
export async function take(subscription: Subscription, count: number): Promise<readonly Delivery[]> {
  const taken: Delivery[] = [];
  while (taken.length < count) {
    taken.push(...(await subscription.receive(count - taken.length, 1_000).catch(() => [])));
    // What is closed answers at once, and a test's time limit needs a turn of the event loop.
    await nextTurn();
  }
  return taken;
}

export const ackAll = (subscription: Subscription, deliveries: readonly Delivery[]) =>
  subscription.settle(deliveries.map((delivery) => ({ delivery, kind: "ack" })));
