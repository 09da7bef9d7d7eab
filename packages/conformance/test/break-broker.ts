import type { Broker, Delivery, Subscription } from "@ytask/core/driver";
import { MemoryBroker } from "@ytask/core/memory";
import { brokerConformance } from "../src/index.js";
import { Recorder } from "./recorder.js";

/** What a broken broker does otherwise than the in-memory one. */
export interface BrokerBreak {
  readonly broker?: (inner: MemoryBroker) => Partial<Broker>;
  readonly subscription?: (inner: Subscription) => Partial<Subscription>;
  readonly deadLetters?: (
    inner: ReturnType<Broker["deadLetters"]>,
  ) => Partial<ReturnType<Broker["deadLetters"]>>;
}

/** The conformance kit's tests of a broken broker; of a whole one where nothing is broken. */
export function testsOfBroker(broken: BrokerBreak, boundMs: number): Recorder {
  const recorder = new Recorder();
  const shared = new MemoryBroker({ leaseMs: 100 });
  const inners = new Map<Broker, MemoryBroker>();
  brokerConformance(recorder, {
    capabilities: shared.capabilities,
    takenBackWithinMs: 100,
    boundMs,
    create() {
      const inner = shared.sibling();
      const broker = wrap(inner, broken);
      inners.set(broker, inner);
      return broker;
    },
    connection: {
      cut: (broker) => inners.get(broker)?.disconnect(),
      mend: (broker) => inners.get(broker)?.reconnect(),
      // As to a driver that gives up a silent server's connection at once.
      stall: (broker) => inners.get(broker)?.disconnect(),
    },
  });
  return recorder;
}

function wrap(inner: MemoryBroker, broken: BrokerBreak): Broker {
  return {
    capabilities: inner.capabilities,
    connect: () => inner.connect(),
    send: (messages) => inner.send(messages),
    async subscribe(queue, options) {
      const subscription = await inner.subscribe(queue, options);
      return wrapSubscription(subscription, broken.subscription?.(subscription));
    },
    deadLetters(queue) {
      const letters = inner.deadLetters(queue);
      return {
        list: (options) => letters.list(options),
        redrive: (ids, rewrite) => letters.redrive(ids, rewrite),
        purge: () => letters.purge(),
        ...broken.deadLetters?.(letters),
      };
    },
    counts: (queue) => inner.counts(queue),
    close: () => inner.close(),
    ...broken.broker?.(inner),
  };
}

/** A subscription that does some things otherwise. */
export const wrapSubscription = (inner: Subscription, changes: Partial<Subscription> = {}): Subscription => ({
  receive: (limit, waitMs) => inner.receive(limit, waitMs),
  settle: (settlements) => inner.settle(settlements),
  sendAhead: (count) => inner.sendAhead?.(count),
  close: () => inner.close(),
  ...changes,
});

/** Acks, for a broker that forgets what it hands out. */
export const forget = (inner: Subscription, deliveries: readonly Delivery[]) =>
  inner.settle(deliveries.map((delivery) => ({ delivery, kind: "ack" })));

/** A subscription's receive that remembers what came through it, in the order of receipt. */
export function rememberingReceive(
  inner: Subscription,
): Pick<Subscription, "receive"> & { held: Delivery[] } {
  const held: Delivery[] = [];
  return {
    held,
    async receive(limit, waitMs) {
      const deliveries = await inner.receive(limit, waitMs);
      held.push(...deliveries);
      return deliveries;
    },
  };
}
