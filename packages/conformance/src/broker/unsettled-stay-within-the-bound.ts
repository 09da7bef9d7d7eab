import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const unsettledStayWithinTheBound: BrokerBehaviour = {
  name: "no more than `maxUnsettled` are out, and settling makes room",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start({ maxUnsettled: 5 });
    await broker.send(messages(queue, numbered(8)));
    const first = await subscriber.take(5);
    await subscriber.expectNothing();
    await subscriber.ack(first.slice(0, 2));
    const next = await subscriber.take(2);
    await subscriber.expectNothing();
    await subscriber.ack([...first.slice(2), ...next]);
    const received = [...first, ...next].map((delivery) => delivery.body);
    assert.deepEqual([...received, ...(await subscriber.takeBodies(1))], numbered(8));
  },
};
