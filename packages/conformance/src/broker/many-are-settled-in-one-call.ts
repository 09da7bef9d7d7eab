import type { Delivery } from "@ytask/core/driver";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

const count = 5_000;

export const manyAreSettledInOneCall: BrokerBehaviour = {
  name: "five thousand deliveries are settled in one call",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start({ maxUnsettled: count });
    for (let first = 0; first < count; first += 1_000)
      await broker.send(messages(queue, numbered(1_000, first)));
    const taken: readonly Delivery[] = await subscriber.take(count);
    await subscriber.ack(taken);
    await subscriber.expectNothing();
  },
};
