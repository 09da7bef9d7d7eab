/** The ways to take one message for another. What each is for stands in brokers-that-mix-up.ts. */
import type { Broker, Delivery, Outgoing, Settlement, Subscription } from "@ytask/core/driver";
import { type BrokerBreak, forget, rememberingReceive, wrapSubscription } from "./break-broker.js";

/** A broker that sends something else than it was told. */
export const sending = (change: (messages: readonly Outgoing[]) => readonly Outgoing[]): BrokerBreak => ({
  broker: (inner) => ({ send: (messages) => inner.send(change(messages)) }),
});

export const isDelayed = ({ delayMs = 0 }: Outgoing): boolean => delayMs > 0;

/** Whether it is the first of those in its list that have its body: a filter. */
export const withoutEquals = <T extends { readonly body: string }>(one: T, at: number, all: readonly T[]) =>
  all.findIndex(({ body }) => body === one.body) === at;

/** What a driver makes of a text that takes it for a document. */
export function writtenAnew(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

export function acksAllThatAreEqual(inner: Subscription): Partial<Subscription> {
  const { held, receive } = rememberingReceive(inner);
  return {
    receive,
    async settle(settlements) {
      const outcomes = await inner.settle(settlements);
      const acked = new Set(
        settlements.flatMap(({ kind, delivery }) => (kind === "ack" ? delivery.body : [])),
      );
      await forget(
        inner,
        held.filter(({ body }) => acked.has(body)),
      );
      return outcomes;
    },
  };
}

export function countsAnewInEachReceive(inner: Subscription): Partial<Subscription> {
  const inners = new Map<Delivery, Delivery>();
  const settlementOf = (one: Settlement): Settlement => ({
    ...one,
    delivery: inners.get(one.delivery) ?? one.delivery,
  });
  return {
    async receive(limit, waitMs) {
      const deliveries = await inner.receive(limit, waitMs);
      return deliveries.map((delivery, index) => {
        const counted = { ...delivery, id: String(index) };
        inners.set(counted, delivery);
        return counted;
      });
    },
    settle: (settlements) => inner.settle(settlements.map(settlementOf)),
  };
}

export function sendsDelayedReplacementsToItself(inner: Broker): Partial<Broker> {
  return {
    async subscribe(queue, options) {
      const subscription = await inner.subscribe(queue, options);
      const here = (message: Outgoing): Outgoing => (isDelayed(message) ? { ...message, queue } : message);
      return wrapSubscription(subscription, {
        settle: (settlements) =>
          subscription.settle(
            settlements.map((one) => (one.kind === "replace" ? { ...one, by: one.by.map(here) } : one)),
          ),
      });
    },
  };
}

export function swallowsWhatIsDelayedForNewQueues(): NonNullable<BrokerBreak["broker"]> {
  const used = new Set<string>();
  return (inner) => ({
    subscribe(queue, options) {
      used.add(queue);
      return inner.subscribe(queue, options);
    },
    send: (messages) => inner.send(messages.filter((one) => !isDelayed(one) || used.has(one.queue))),
  });
}
