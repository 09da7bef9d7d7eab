import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const anUnsubscribedQueueKeeps: BrokerBehaviour = {
  name: "a queue that nobody subscribes to keeps what is sent to it, over its sender's close",
  async run(bench) {
    const sender = await bench.connect();
    const queue = bench.queue();
    await sender.send(messages(queue, numbered(3)));
    await sender.close();
    const subscriber = await bench.subscribe(await bench.connect(), queue);
    assert.deepEqual(await subscriber.takeBodies(3), numbered(3));
  },
};
