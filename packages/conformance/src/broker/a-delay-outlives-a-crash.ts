import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";
import { Stopwatch } from "./stopwatch.js";

export const aDelayOutlivesACrash: BrokerBehaviour = {
  name: "a delayed message, sent or in place of another, is delivered though who had it crashed",
  needs: ["cut"],
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const other = await bench.connect();
    const nextQueue = bench.queue();
    const next = await bench.subscribe(other, nextQueue);
    await broker.send(messages(queue, ["step 1"]));
    const [delivery] = await subscriber.take(1);
    assert.ok(delivery);
    const heir = await bench.subscribe(other, queue);
    const watch = new Stopwatch();
    const by = messages(nextQueue, ["step 2"], { delayMs: 600 });
    await subscriber.settleAll([{ delivery, kind: "replace", by }]);
    await broker.send(messages(queue, ["later"], { delayMs: 600 }));
    await subscriber.receive(1, 50);
    await bench.cut(broker);
    assert.deepEqual(await heir.takeBodies(1), ["later"]);
    assert.deepEqual(await next.takeBodies(1), ["step 2"]);
    watch.assertNotEarly(600);
    await heir.expectNothing();
  },
};
