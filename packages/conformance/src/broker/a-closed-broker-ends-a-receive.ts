import assert from "node:assert/strict";
import { orYTaskError } from "../or-ytask-error.js";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const aClosedBrokerEndsAReceive: BrokerBehaviour = {
  name: "a receive that waits ends when its broker closes, and what was taken is delivered to another",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, numbered(3)));
    await subscriber.take(3);
    const received = orYTaskError("receive", subscriber.receive(10, bench.longWaitMs));
    const receiving = bench.soon("a receive after a close", received);
    await broker.close();
    assert.deepEqual((await receiving) ?? [], []);
    const heir = await bench.subscribe(await bench.connect(), queue);
    assert.deepEqual([...(await heir.takeBodies(3))].sort(), numbered(3));
  },
};
