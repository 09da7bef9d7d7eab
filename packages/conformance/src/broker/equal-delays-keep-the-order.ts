import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const equalDelaysKeepTheOrder: BrokerBehaviour = {
  name: "messages of one send with equal delays are delivered in order",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, numbered(30), { delayMs: 300 }));
    assert.deepEqual(await subscriber.takeBodies(30), numbered(30));
  },
};
