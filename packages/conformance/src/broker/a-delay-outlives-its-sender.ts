import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";
import { Stopwatch } from "./stopwatch.js";

export const aDelayOutlivesItsSender: BrokerBehaviour = {
  name: "a delayed message, sent or in place of another, is delivered though who had it closed and nobody was there",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, ["attempt 1"]));
    const [delivery] = await subscriber.take(1);
    assert.ok(delivery);
    const watch = new Stopwatch();
    const by = messages(queue, ["attempt 2"], { delayMs: 600 });
    await subscriber.settleAll([{ delivery, kind: "replace", by }]);
    await broker.send(messages(queue, ["later"], { delayMs: 600 }));
    await broker.send(messages(queue, ["due meanwhile"], { delayMs: 50 }));
    await broker.close();
    await sleep(100);
    const heir = await bench.subscribe(await bench.connect(), queue);
    // In any order: a server's clock may count whole seconds.
    assert.deepEqual([...(await heir.takeBodies(3))].sort(), ["attempt 2", "due meanwhile", "later"]);
    watch.assertNotEarly(600);
    await heir.expectNothing();
  },
};
