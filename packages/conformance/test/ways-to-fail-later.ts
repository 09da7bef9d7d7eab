/** The ways to break a broker that show after a while. What each is for stands in brokers-that-fail-later.ts. */
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import {
  type Broker,
  type Delivery,
  ErrorCode,
  type Outgoing,
  SendFailed,
  type Settlement,
  type Subscription,
  YTaskError,
} from "@ytask/core/driver";
import type { MemoryBroker } from "@ytask/core/memory";
import { forget, wrapSubscription } from "./break-broker.js";
import { isDelayed } from "./ways-to-mix-up.js";

type Way = (inner: MemoryBroker) => Partial<Broker>;

/** Changes each subscription of a broker, of whose queue it knows the name. */
const subscribing =
  (change: (subscription: Subscription, queue: string) => Partial<Subscription>): Way =>
  (inner) => ({
    async subscribe(queue, options) {
      const subscription = await inner.subscribe(queue, options);
      return wrapSubscription(subscription, change(subscription, queue));
    },
  });

/** What all brokers of this kind note of a message, whose bodies differ in each test. */
const noteOf = (queue: string, body: string): string => `${queue} ${body}`;

export function forgetsTheCountAtARelease(): Way {
  const released = new Set<string>();
  return subscribing((subscription, queue) => ({
    receive: async (limit, waitMs) =>
      (await subscription.receive(limit, waitMs)).map((delivery) =>
        released.has(noteOf(queue, delivery.body)) ? Object.assign(delivery, { redeliveries: 0 }) : delivery,
      ),
    settle(settlements) {
      for (const { kind, delivery } of settlements)
        if (kind === "release") released.add(noteOf(queue, delivery.body));
      return subscription.settle(settlements);
    },
  }));
}

/** @param over the kind of settlement that ends a message's redeliveries elsewhere */
export function keepsTheCountOver(over: Settlement["kind"]): Way {
  const counts = new Map<string, number>();
  return subscribing((subscription, queue) => ({
    receive: async (limit, waitMs) =>
      (await subscription.receive(limit, waitMs)).map((delivery) => {
        const before = counts.get(noteOf(queue, delivery.body)) ?? 0;
        return Object.assign(delivery, { redeliveries: delivery.redeliveries + before });
      }),
    settle(settlements) {
      for (const { kind, delivery } of settlements)
        if (kind === over) counts.set(noteOf(queue, delivery.body), delivery.redeliveries);
      return subscription.settle(settlements);
    },
  }));
}

export function losesItsHoldAfter(inner: Broker, leaseMs: number): Partial<Broker> {
  return {
    async subscribe(queue, options) {
      const subscription = await inner.subscribe(queue, options);
      const lose = async (held: readonly Delivery[]) => {
        await subscription.settle(held.map((delivery) => ({ delivery, kind: "release" })));
        options.onLost(held);
      };
      return wrapSubscription(subscription, {
        async receive(limit, waitMs) {
          const held = await subscription.receive(limit, waitMs);
          if (held.length > 0) setTimeout(() => void lose(held), leaseMs);
          return held;
        },
      });
    },
  };
}

export function tellsOneOfThoseWhoWait(): Way {
  const waiting = new Set<string>();
  return subscribing((subscription, queue) => ({
    async receive(limit, waitMs) {
      if (waiting.has(queue)) {
        await sleep(waitMs);
        return subscription.receive(limit, 0);
      }
      waiting.add(queue);
      const received = await subscription.receive(limit, waitMs);
      waiting.delete(queue);
      return received;
    },
  }));
}

export function wakesAtSendsOnly(): Way {
  const sent = new EventTarget();
  return (inner) => ({
    async send(messages) {
      await inner.send(messages);
      for (const message of messages) if (!isDelayed(message)) sent.dispatchEvent(new Event(message.queue));
    },
    ...subscribing((subscription, queue) => ({
      async receive(limit, waitMs) {
        const there = await subscription.receive(limit, 0);
        if (there.length > 0) return there;
        const wake = new Promise<void>((resolve) =>
          sent.addEventListener(queue, () => resolve(), { once: true }),
        );
        await Promise.race([wake, sleep(waitMs)]);
        return subscription.receive(limit, 0);
      },
    }))(inner),
  });
}

export function keepsDelayedReplacementsToItself(inner: MemoryBroker): Partial<Broker> {
  const timers: NodeJS.Timeout[] = [];
  const keep = (settlement: Settlement): Settlement => {
    if (settlement.kind !== "replace") return settlement;
    for (const { delayMs, ...message } of settlement.by.filter(isDelayed))
      timers.push(setTimeout(() => void inner.send([message]), delayMs));
    return { ...settlement, by: settlement.by.filter((message) => !isDelayed(message)) };
  };
  return {
    ...subscribing((subscription) => ({
      settle: (settlements) => subscription.settle(settlements.map(keep)),
    }))(inner),
    close() {
      for (const timer of timers) clearTimeout(timer);
      return inner.close();
    },
  };
}

export function losesWhatIsDueWhileNobodyIsThere(): Way {
  const there = new Set<MemoryBroker>();
  const deliver = (message: Outgoing) => [...there][0]?.send([message]);
  return (inner) => ({
    async connect() {
      await inner.connect();
      there.add(inner);
    },
    async send(messages) {
      await inner.send(messages.filter((message) => !isDelayed(message)));
      for (const { delayMs, ...message } of messages.filter(isDelayed))
        setTimeout(() => void deliver(message), delayMs);
    },
    close() {
      there.delete(inner);
      return inner.close();
    },
  });
}

export function losesAtItsBrokersClose(inner: MemoryBroker): Partial<Broker> {
  let isClosed = false;
  return {
    ...subscribing((subscription) => ({
      async receive(limit, waitMs) {
        const received = await subscription.receive(limit, waitMs);
        await turn();
        if (!isClosed) return received;
        await forget(subscription, received);
        return [];
      },
    }))(inner),
    async close() {
      isClosed = true;
      await turn();
      await turn();
      await inner.close();
    },
  };
}

export function receivesNothingAfterAnOutage(inner: MemoryBroker): Partial<Broker> {
  let wasOut = false;
  const disconnect = inner.disconnect.bind(inner);
  inner.disconnect = () => {
    wasOut = true;
    disconnect();
  };
  return subscribing((subscription) => ({
    async receive(limit, waitMs) {
      if (!wasOut) return subscription.receive(limit, waitMs);
      await sleep(waitMs);
      return [];
    },
  }))(inner);
}

/** As one whose old consumer lives on beside the new one. */
export function hasMoreOutAfterEachOutage(inner: MemoryBroker): Partial<Broker> {
  let outages = 0;
  const reconnect = inner.reconnect.bind(inner);
  inner.reconnect = () => {
    outages++;
    reconnect();
  };
  return {
    async subscribe(queue, options) {
      const [one, other] = await Promise.all([
        inner.subscribe(queue, options),
        inner.subscribe(queue, options),
      ]);
      const holders = new Map<Delivery, Subscription>();
      return wrapSubscription(one, {
        async receive(limit, waitMs) {
          const there = outages > 0 ? await other.receive(limit, 0) : [];
          const holder = there.length > 0 ? other : one;
          const received = there.length > 0 ? there : await one.receive(limit, waitMs);
          for (const delivery of received) holders.set(delivery, holder);
          return received;
        },
        async settle(settlements) {
          const outcomes = settlements.map(async (one) => {
            const holder = holders.get(one.delivery);
            return (await holder?.settle([one]))?.[0] ?? "lost";
          });
          return Promise.all(outcomes);
        },
        close: async () => void (await Promise.all([one.close(), other.close()])),
      });
    },
  };
}

export function sendsLaterWhatItRejected(inner: MemoryBroker): Partial<Broker> {
  const kept: Outgoing[] = [];
  const reconnect = inner.reconnect.bind(inner);
  inner.reconnect = () => {
    reconnect();
    void inner.send(kept.splice(0));
  };
  return {
    send: (messages) =>
      inner.send(messages).catch((cause: unknown) => {
        if (YTaskError.isInstance(cause, ErrorCode.Closed)) throw cause;
        kept.push(...messages);
        throw new SendFailed("it broke off", { unknown: [...messages.keys()] }, { cause });
      }),
  };
}

export function hangsAtItsClose(inner: Broker): Partial<Broker> {
  let isClosed = false;
  return {
    async counts(queue) {
      const wasClosed = isClosed;
      await turn();
      return isClosed && !wasClosed ? new Promise(() => {}) : inner.counts(queue);
    },
    close() {
      isClosed = true;
      return inner.close();
    },
  };
}

export function dropsWhatIsSentAtItsClose(inner: Broker): Partial<Broker> {
  let isClosed = false;
  return {
    async send(messages) {
      const wasClosed = isClosed;
      await turn();
      if (wasClosed || !isClosed) await inner.send(messages);
    },
    close() {
      isClosed = true;
      return inner.close();
    },
  };
}

export function hangsWhileItIsCutOff(inner: MemoryBroker): Partial<Broker> {
  let isCut = false;
  const disconnect = inner.disconnect.bind(inner);
  inner.disconnect = () => {
    isCut = true;
    disconnect();
  };
  return {
    deadLetters(queue) {
      const letters = inner.deadLetters(queue);
      return {
        list: (options) => letters.list(options),
        redrive: (ids, rewrite) => letters.redrive(ids, rewrite),
        purge: () => (isCut ? new Promise(() => {}) : letters.purge()),
      };
    },
  };
}

export function countsWhatItHoldsItself(inner: MemoryBroker): Partial<Broker> {
  let held = 0;
  return {
    ...subscribing((subscription) => ({
      async receive(limit, waitMs) {
        const received = await subscription.receive(limit, waitMs);
        held += received.length;
        return received;
      },
      settle(settlements) {
        held -= settlements.length;
        return subscription.settle(settlements);
      },
      close() {
        held = 0;
        return subscription.close();
      },
    }))(inner),
    counts: async (queue) => ({ ...(await inner.counts(queue)), running: held }),
  };
}
