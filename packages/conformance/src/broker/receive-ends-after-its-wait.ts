import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";

export const receiveEndsAfterItsWait: BrokerBehaviour = {
  name: "a receive from an empty queue gives nothing when its wait is over, and not before",
  async run(bench) {
    const { subscriber } = await bench.start();
    const waitMs = 400;
    const startMs = performance.now();
    assert.deepEqual(await subscriber.receive(10, waitMs), []);
    // Half the time is enough: a driver may round. One that returned at once would make core ask all the time.
    assert.ok(performance.now() - startMs > waitMs / 2, "the receive did not wait");
    assert.deepEqual(await subscriber.receive(10, 0), []);
  },
};
