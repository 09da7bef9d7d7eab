import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";
import { Stopwatch } from "./stopwatch.js";

export const aDelayOutlivesACrash: BrokerBehaviour = {
  name: "a delayed message is delivered though who sent it and was subscribed crashed",
  needs: ["cut"],
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const heir = await bench.subscribe(await bench.connect(), queue);
    const watch = new Stopwatch();
    await broker.send(messages(queue, ["later"], { delayMs: 600 }));
    await subscriber.receive(1, 50);
    await bench.cut(broker);
    assert.deepEqual(await heir.takeBodies(1), ["later"]);
    watch.assertNotEarly(600);
    await heir.expectNothing();
  },
};
