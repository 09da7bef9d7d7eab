import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";
import { Stopwatch } from "./stopwatch.js";

export const aDelayOutlivesItsSender: BrokerBehaviour = {
  name: "a delayed message is delivered though its sender closed and nobody was subscribed",
  async run(bench) {
    const sender = await bench.connect();
    const queue = bench.queue();
    const watch = new Stopwatch();
    await sender.send(messages(queue, ["later"], { delayMs: 600 }));
    await sender.close();
    const subscriber = await bench.subscribe(await bench.connect(), queue);
    assert.deepEqual(await subscriber.takeBodies(1), ["later"]);
    watch.assertNotEarly(600);
  },
};
