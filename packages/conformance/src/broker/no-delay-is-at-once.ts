import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";

export const noDelayIsAtOnce: BrokerBehaviour = {
  name: "a delay of 0, or below, is none",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send([
      { queue, body: "none" },
      { queue, body: "undefined", delayMs: undefined, front: undefined },
      { queue, body: "zero", delayMs: 0 },
      { queue, body: "negative", delayMs: -1_000 },
    ]);
    assert.deepEqual(await subscriber.takeBodies(4), ["none", "undefined", "zero", "negative"]);
  },
};
