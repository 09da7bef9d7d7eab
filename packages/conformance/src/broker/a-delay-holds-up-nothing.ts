import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const aDelayHoldsUpNothing: BrokerBehaviour = {
  name: "a delay of 30 days is kept, and holds up nothing behind it",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const days = 86_400_000;
    // More milliseconds than a 32-bit number can hold, signed or not.
    await broker.send(messages(queue, ["30 days"], { delayMs: 30 * days }));
    await broker.send(messages(queue, ["60 days"], { delayMs: 60 * days }));
    await broker.send(messages(queue, ["soon"], { delayMs: 200 }));
    await broker.send(messages(queue, ["now"]));
    // In any order: a server that is slow to take the last may have it after the others.
    assert.deepEqual([...(await subscriber.takeBodies(2))].sort(), ["now", "soon"]);
    await subscriber.expectNothing();
    const { delayed = 2 } = await broker.counts(queue);
    assert.equal(delayed, 2);
  },
};
