import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const aCrashLosesNothing: BrokerBehaviour = {
  name: "what a crashed subscriber did not settle is delivered to another, as a redelivery",
  needs: ["cut"],
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const other = await bench.connect();
    await other.send(messages(queue, numbered(10)));
    const taken = await subscriber.take(10);
    await subscriber.ack(taken.slice(0, 4));
    await bench.cut(broker);
    const heir = await bench.subscribe(other, queue);
    const again = await heir.take(6);
    assert.deepEqual(again.map((delivery) => delivery.body).sort(), numbered(6, 4));
    for (const { body, redeliveries } of again)
      assert.ok(redeliveries >= 1, `message ${body} says ${redeliveries} redeliveries`);
    await heir.ack(again);
    await heir.expectNothing();
  },
};
