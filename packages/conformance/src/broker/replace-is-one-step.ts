import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

const times = 50;

export const replaceIsOneStep: BrokerBehaviour = {
  name: "of many replaces of one delivery at once, one happens",
  needs: ["atomicReplace"],
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, ["old"]));
    const [delivery] = await subscriber.take(1);
    assert.ok(delivery);
    const outcomes = await Promise.all(
      Array.from({ length: times }, (_, index) =>
        subscriber.settle([{ delivery, kind: "replace", by: messages(queue, [String(index)]) }]),
      ),
    );
    const settled = outcomes.flatMap(([outcome], index) => (outcome === "settled" ? [String(index)] : []));
    assert.equal(settled.length, 1, "one replace was to be settled");
    assert.deepEqual(await subscriber.takeBodies(1), settled);
    await subscriber.expectNothing();
  },
};
