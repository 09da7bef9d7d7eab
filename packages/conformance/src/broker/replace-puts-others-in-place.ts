import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const replacePutsOthersInPlace: BrokerBehaviour = {
  name: "a replaced message is gone, and what replaces it is at the end of its queue, in order",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, ["old", "waiting"]));
    const [old] = await subscriber.take(1);
    assert.ok(old);
    await subscriber.settleAll([{ delivery: old, kind: "replace", by: messages(queue, ["1", "2", "3"]) }]);
    const taken = await subscriber.take(4);
    assert.deepEqual(
      taken.map(({ body, redeliveries }) => [body, redeliveries]),
      [
        ["waiting", 0],
        ["1", 0],
        ["2", 0],
        ["3", 0],
      ],
    );
    await subscriber.ack(taken);
    await subscriber.expectNothing();
  },
};
