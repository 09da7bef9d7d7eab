import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const receiveKeepsToItsLimit: BrokerBehaviour = {
  name: "a receive gives at most as many as its limit, and the next one goes on from there",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, numbered(10)));
    const received: string[] = [];
    for (const limit of [1, 3, 2, 10, 10, 10, 10, 10, 10, 10]) {
      const some = await subscriber.receive(limit, received.length < 10 ? 5_000 : 0);
      assert.ok(some.length <= limit, `${some.length} were received where ${limit} is the limit`);
      received.push(...some.map((delivery) => delivery.body));
      await subscriber.ack(some);
    }
    assert.deepEqual(received, numbered(10));
  },
};
