import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";

export const nothingIsSentByAnEmptyCall: BrokerBehaviour = {
  name: "a send of no messages and a settle of no deliveries do nothing",
  async run(bench) {
    const { broker, subscriber } = await bench.start();
    await broker.send([]);
    assert.deepEqual(await subscriber.settle([]), []);
    await subscriber.expectNothing();
  },
};
