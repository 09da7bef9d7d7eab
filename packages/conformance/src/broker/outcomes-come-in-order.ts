import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const outcomesComeInOrder: BrokerBehaviour = {
  name: "one call settles in different ways, and gives each outcome at its place",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, numbered(5)));
    const [ack, gone, replace, dead, release] = await subscriber.take(5);
    assert.ok(ack && gone && replace && dead && release);
    await subscriber.ack([gone]);
    const outcomes = await subscriber.settle([
      { delivery: ack, kind: "ack" },
      { delivery: gone, kind: "ack" },
      { delivery: replace, kind: "replace", by: messages(queue, ["replaced"]) },
      { delivery: dead, kind: "deadLetter", reason: "malformed" },
      { delivery: release, kind: "release" },
    ]);
    assert.deepEqual(outcomes, ["settled", "lost", "settled", "settled", "settled"]);
    assert.deepEqual([...(await subscriber.takeBodies(2))].sort(), [release.body, "replaced"]);
    await subscriber.expectNothing();
  },
};
