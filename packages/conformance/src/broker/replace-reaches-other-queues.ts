import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const replaceReachesOtherQueues: BrokerBehaviour = {
  name: "a message is replaced by messages for other queues",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const nextQueue = bench.queue();
    await broker.send(messages(queue, ["step 1"]));
    const [delivery] = await subscriber.take(1);
    assert.ok(delivery);
    const by = [...messages(nextQueue, ["step 2"]), ...messages(queue, ["beside"])];
    await subscriber.settleAll([{ delivery, kind: "replace", by }]);
    const next = await bench.subscribe(broker, nextQueue);
    assert.deepEqual(await next.takeBodies(1), ["step 2"]);
    assert.deepEqual(await subscriber.takeBodies(1), ["beside"]);
    await next.expectNothing();
    await subscriber.expectNothing();
  },
};
