import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

export const callsAtOnceSettleOnce: BrokerBehaviour = {
  name: "of two calls at once that settle one delivery in different ways, one does",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, ["original"]));
    const [delivery] = await subscriber.take(1);
    assert.ok(delivery);
    const outcomes = await Promise.all([
      subscriber.settle([{ delivery, kind: "replace", by: messages(queue, ["replacement"]) }]),
      subscriber.settle([{ delivery, kind: "release" }]),
    ]);
    const [replaced, released] = outcomes.map(([outcome]) => outcome === "settled");
    assert.notEqual(replaced, released, `the outcomes are ${outcomes.flat().join(" and ")}`);
    const left = await subscriber.take(1);
    assert.deepEqual(bodiesOf(left), [replaced ? "replacement" : "original"]);
    await subscriber.ack(left);
    await subscriber.expectNothing();
  },
};
