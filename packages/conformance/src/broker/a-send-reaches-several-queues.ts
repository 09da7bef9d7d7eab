import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const aSendReachesSeveralQueues: BrokerBehaviour = {
  name: "one send reaches several queues, each with what is its own",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const otherQueue = bench.queue();
    const other = await bench.subscribe(broker, otherQueue);
    const [first, second] = [messages(queue, ["1", "3"]), messages(otherQueue, ["2", "4"])];
    await broker.send([...first.slice(0, 1), ...second, ...first.slice(1)]);
    assert.deepEqual(await subscriber.takeBodies(2), ["1", "3"]);
    assert.deepEqual(await other.takeBodies(2), ["2", "4"]);
    await subscriber.expectNothing();
    await other.expectNothing();
  },
};
