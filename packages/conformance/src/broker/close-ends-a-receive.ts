import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const closeEndsAReceive: BrokerBehaviour = {
  name: "a receive that waits ends with nothing when its subscription closes, and takes nothing with it",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const receiving = bench.soon("a receive after a close", subscriber.receive(10, bench.longWaitMs));
    await subscriber.close();
    assert.deepEqual(await receiving, []);
    await broker.send(messages(queue, ["later"]));
    const other = await bench.subscribe(broker, queue);
    assert.deepEqual(await other.takeBodies(1), ["later"]);
  },
};
