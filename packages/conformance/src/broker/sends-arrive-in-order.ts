import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const sendsArriveInOrder: BrokerBehaviour = {
  name: "everything that is sent is received once, in order",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    for (const body of numbered(5)) await broker.send(messages(queue, [body]));
    await broker.send(messages(queue, numbered(15, 5)));
    const received = await subscriber.take(20);
    assert.deepEqual(
      received.map((delivery) => delivery.body),
      numbered(20),
    );
    assert.ok(
      received.every((delivery) => delivery.redeliveries === 0),
      "what is delivered for the first time has 0 redeliveries",
    );
    assert.equal(new Set(received.map((delivery) => delivery.id)).size, 20, "ids are unique");
    await subscriber.ack(received);
    await subscriber.expectNothing();
  },
};
