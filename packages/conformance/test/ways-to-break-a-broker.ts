/** The ways to break a broker that take more than an expression. What each is for stands in broken-brokers.ts. */
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import type { Broker, DeadLetters, Delivery, Outgoing, Settlement, Subscription } from "@ytask/core/driver";
import type { MemoryBroker } from "@ytask/core/memory";
import { forget, wrapSubscription } from "./break-broker.js";

export function keepsDelaysToItself(inner: Broker): Partial<Broker> {
  const timers: NodeJS.Timeout[] = [];
  return {
    async send(messages) {
      await inner.send(messages.filter(({ delayMs = 0 }) => delayMs <= 0));
      for (const { delayMs = 0, ...message } of messages)
        if (delayMs > 0) timers.push(setTimeout(() => void inner.send([message]), delayMs));
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      return inner.close();
    },
  };
}

export function losesAtItsClose(inner: Subscription): Partial<Subscription> {
  let isClosed = false;
  return {
    async receive(limit, waitMs) {
      const deliveries = await inner.receive(limit, waitMs);
      await turn();
      if (!isClosed) return deliveries;
      await forget(inner, deliveries);
      return [];
    },
    async close() {
      isClosed = true;
      await turn();
      await turn();
      await inner.close();
    },
  };
}

export function deliversAgainAfterAReconnect(inner: MemoryBroker): Partial<Broker> {
  const acked: Outgoing[] = [];
  const reconnect = inner.reconnect.bind(inner);
  inner.reconnect = () => {
    reconnect();
    void inner.send(acked.splice(-1));
  };
  return {
    async subscribe(queue, options) {
      const subscription = await inner.subscribe(queue, options);
      return wrapSubscription(subscription, {
        settle(settlements) {
          for (const { kind, delivery } of settlements)
            if (kind === "ack") acked.push({ queue, body: delivery.body });
          return subscription.settle(settlements);
        },
      });
    },
  };
}

/** @param freed how many of the lost free their room */
export function keepsTheRoomOfTheLost(inner: Broker, freed = 0): Partial<Broker> {
  return {
    async subscribe(queue, options) {
      let lost = 0;
      const onLost = (deliveries: readonly Delivery[]) => {
        lost += deliveries.length;
        options.onLost(deliveries);
      };
      const subscription = await inner.subscribe(queue, { ...options, onLost });
      return wrapSubscription(subscription, {
        async receive(limit, waitMs) {
          const room = options.maxUnsettled - Math.max(0, lost - freed);
          if (room > 0) return subscription.receive(Math.min(limit, room), waitMs);
          await sleep(waitMs);
          return [];
        },
      });
    },
  };
}

export function hasOneSubscriptionToAQueue(inner: Broker): Partial<Broker> {
  const subscriptions = new Map<string, Subscription>();
  return {
    async subscribe(queue, options) {
      await subscriptions.get(queue)?.close();
      const subscription = await inner.subscribe(queue, options);
      subscriptions.set(queue, subscription);
      return subscription;
    },
  };
}

export function sendsAhead(inner: Subscription, change: (ahead: Delivery[]) => void): Partial<Subscription> {
  const ahead: Delivery[] = [];
  let most = 0;
  return {
    async receive(limit, waitMs) {
      if (ahead.length === 0) ahead.push(...(await inner.receive(limit + most, waitMs)));
      return ahead.splice(0, limit);
    },
    sendAhead(count) {
      most = count;
      change(ahead);
    },
  };
}

export function reportsTheSettled(inner: Broker): Partial<Broker> {
  return {
    async subscribe(queue, options) {
      const subscription = await inner.subscribe(queue, options);
      return wrapSubscription(subscription, {
        async settle(settlements) {
          const outcomes = await subscription.settle(settlements);
          options.onLost(settlements.map(({ delivery }) => delivery));
          return outcomes;
        },
      });
    },
  };
}

export function purgesNothingThatIsListed(inner: DeadLetters): Partial<DeadLetters> {
  let listing = 0;
  return {
    async list(options) {
      listing++;
      await turn();
      listing--;
      return inner.list(options);
    },
    purge: async () => (listing > 0 ? 0 : inner.purge()),
  };
}

export function tellsWhenItIsFirstListed(inner: DeadLetters): Partial<DeadLetters> {
  const seen = new Map<string, Date>();
  return {
    async list(options) {
      const letters = await inner.list(options);
      for (const { id } of letters) if (!seen.has(id)) seen.set(id, new Date());
      return letters.map((letter) => ({ ...letter, at: seen.get(letter.id) ?? letter.at }));
    },
  };
}

export function withoutDelay(settlement: Settlement): Settlement {
  if (settlement.kind !== "replace") return settlement;
  return { ...settlement, by: settlement.by.map(({ queue, body }) => ({ queue, body })) };
}

export function replaceAndKeep(settlement: Settlement): Settlement {
  if (settlement.kind !== "replace") return settlement;
  const { delivery, by } = settlement;
  const [first] = by;
  if (first === undefined) return settlement;
  return { delivery, kind: "replace", by: [{ queue: first.queue, body: delivery.body }, ...by] };
}
