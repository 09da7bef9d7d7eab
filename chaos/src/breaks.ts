import type { Broker, Outgoing, Settlement, SubscribeOptions, Subscription } from "@ytask/core/driver";
import { Redis } from "ioredis";
import { changedBroker } from "./recording-broker.js";

/** Promises that a run can break on purpose, to show that the count finds it. */
export const breaks = {
  /** Deliveries are acked as they are received, and not once their tasks are done. */
  ackBeforeRun: (broker: Broker) => changedBroker(broker, { subscribe: ackingAtOnce(broker) }),
  /** Every delay is half as long. */
  earlyTimer: (broker: Broker) =>
    changedBroker(broker, {
      send: (messages) => broker.send(messages.map(early)),
      subscribe: async (queue, options) => {
        const subscription = await broker.subscribe(queue, options);
        return { ...bound(subscription), settle: (all) => subscription.settle(all.map(withEarlyMessages)) };
      },
    }),
  /** Leases are renewed for a millisecond only. For the Redis broker. */
  noRenewal: (broker: Broker) => {
    shortenRenewals();
    return broker;
  },
  /** What fails is not tried again: its retry is dropped where it should be sent. */
  dropRetries: (broker: Broker) =>
    changedBroker(broker, {
      subscribe: async (queue, options) => {
        const subscription = await broker.subscribe(queue, options);
        return { ...bound(subscription), settle: (all) => subscription.settle(all.map(withoutMessages)) };
      },
    }),
} satisfies Record<string, (broker: Broker) => Broker>;

export type BreakName = keyof typeof breaks;

/** The broker, or one that breaks that promise. */
export const breakOnPurpose = (broker: Broker, name: BreakName | undefined): Broker =>
  name === undefined ? broker : breaks[name](broker);

const bound = (subscription: Subscription): Subscription => ({
  receive: (limit, waitMs) => subscription.receive(limit, waitMs),
  settle: (settlements) => subscription.settle(settlements),
  close: () => subscription.close(),
});

const ackingAtOnce = (broker: Broker) => async (queue: string, options: SubscribeOptions) => {
  const subscription = await broker.subscribe(queue, options);
  return {
    ...bound(subscription),
    async receive(limit: number, waitMs: number) {
      const deliveries = await subscription.receive(limit, waitMs);
      await subscription.settle(deliveries.map((delivery) => ({ delivery, kind: "ack" })));
      return deliveries;
    },
    async settle(settlements: readonly Settlement[]) {
      await broker.send(settlements.flatMap((one) => (one.kind === "replace" ? one.by : [])));
      return settlements.map(() => "settled" as const);
    },
  };
};

const early = (message: Outgoing): Outgoing =>
  message.delayMs === undefined ? message : { ...message, delayMs: message.delayMs / 2 };

const withEarlyMessages = (settlement: Settlement): Settlement =>
  settlement.kind === "replace" ? { ...settlement, by: settlement.by.map(early) } : settlement;

const withoutMessages = (settlement: Settlement): Settlement =>
  settlement.kind === "replace" ? { delivery: settlement.delivery, kind: "ack" } : settlement;

/** A renewal is the script with two keys, leases and consumers, and more than one value: the consumer's name, and the lease. */
function shortenRenewals(): void {
  const sendCommand = Redis.prototype.sendCommand;
  Redis.prototype.sendCommand = function (this: Redis, command, stream) {
    const { name, args } = command;
    const [, count, , key] = args;
    const isRenewal =
      name === "evalsha" && count === "2" && String(key).endsWith(":consumers") && args.length >= 7;
    if (isRenewal) args[5] = "1";
    return sendCommand.call(this, command, stream);
  };
}
