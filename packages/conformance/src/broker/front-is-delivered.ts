import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const frontIsDelivered: BrokerBehaviour = {
  name: "what is sent to the front is delivered, also with a delay and as a replacement",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, ["front"], { front: true }));
    const [delivery] = await subscriber.take(1);
    assert.equal(delivery?.body, "front");
    const by = messages(queue, ["replacement"], { front: true });
    await subscriber.settleAll([{ delivery, kind: "replace", by }]);
    assert.deepEqual(await subscriber.takeBodies(1), ["replacement"]);
    await broker.send(messages(queue, ["delayed"], { front: true, delayMs: 100 }));
    assert.deepEqual(await subscriber.takeBodies(1), ["delayed"]);
  },
};
