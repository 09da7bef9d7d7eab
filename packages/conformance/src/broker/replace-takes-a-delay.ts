import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";
import { Stopwatch } from "./stopwatch.js";

export const replaceTakesADelay: BrokerBehaviour = {
  name: "a message is replaced by a delayed one, which is not early",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, ["attempt 1"]));
    const [delivery] = await subscriber.take(1);
    assert.ok(delivery);
    const watch = new Stopwatch();
    const by = messages(queue, ["attempt 2"], { delayMs: 500 });
    await subscriber.settleAll([{ delivery, kind: "replace", by }]);
    assert.deepEqual(await subscriber.takeBodies(1), ["attempt 2"]);
    watch.assertNotEarly(500);
    await subscriber.expectNothing();
  },
};
