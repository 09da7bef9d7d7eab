import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const aLargeBatchArrives: BrokerBehaviour = {
  name: "a batch of a thousand arrives whole and in order",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, numbered(1_000)));
    assert.deepEqual(await subscriber.takeBodies(1_000), numbered(1_000));
  },
};
