import type { Broker, Subscription } from "@ytask/core/driver";
import { parseMessage } from "@ytask/core/wire";

/** Which attempt a delivery is for. */
export interface Received {
  readonly id: string;
  readonly step: number;
  readonly attempt: number;
}

/** A broker that tells of each delivery when it is received: from then on the server is in doubt about it. */
export function recordingBroker(broker: Broker, onReceived: (received: Received) => void): Broker {
  const recording = (subscription: Subscription): Subscription => ({
    async receive(limit, waitMs) {
      const deliveries = await subscription.receive(limit, waitMs);
      for (const { body } of deliveries) onReceived(attemptOf(body));
      return deliveries;
    },
    settle: (settlements) => subscription.settle(settlements),
    close: () => subscription.close(),
  });
  return changedBroker(broker, {
    subscribe: async (queue, options) => recording(await broker.subscribe(queue, options)),
  });
}

/** A broker with some of its methods changed. Drivers keep private fields, so the others stay bound to theirs. */
export const changedBroker = (broker: Broker, methods: Partial<Broker>): Broker => ({
  capabilities: broker.capabilities,
  connect: (environment) => broker.connect(environment),
  send: (messages) => broker.send(messages),
  subscribe: (queue, options) => broker.subscribe(queue, options),
  deadLetters: (queue) => broker.deadLetters(queue),
  counts: (queue) => broker.counts(queue),
  close: () => broker.close(),
  ...methods,
});

function attemptOf(body: string): Received {
  const { id, extra } = parseMessage(body);
  return { id, step: extra.step ?? 0, attempt: (extra.retried ?? 0) + 1 };
}
