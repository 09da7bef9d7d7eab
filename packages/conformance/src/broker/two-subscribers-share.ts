import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";
import type { Subscriber } from "./subscriber.js";

const count = 100;

export const twoSubscribersShare: BrokerBehaviour = {
  name: "two subscribers share a queue, and no delivery goes to both",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start({ maxUnsettled: 10 });
    const other = await bench.subscribe(await bench.connect(), queue, { maxUnsettled: 10 });
    const received: string[] = [];
    const consume = async (one: Subscriber) => {
      while (received.length < count) {
        const some = await one.receive(10, 200);
        received.push(...some.map((delivery) => delivery.body));
        await one.ack(some);
      }
    };
    await broker.send(messages(queue, numbered(count)));
    await Promise.all([consume(subscriber), consume(other)]);
    assert.deepEqual(
      received.sort((one, another) => Number(one) - Number(another)),
      numbered(count),
    );
  },
};
