import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";
import { Stopwatch } from "./stopwatch.js";

export const delaysAreNeverEarly: BrokerBehaviour = {
  name: "a delayed message is delivered, once, and not before its delay is over",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    for (const delayMs of [1, 50, 700, 1_200]) {
      const watch = new Stopwatch();
      await broker.send(messages(queue, [String(delayMs)], { delayMs }));
      const received = await subscriber.take(1);
      watch.assertNotEarly(delayMs);
      assert.deepEqual(
        received.map(({ body, redeliveries }) => [body, redeliveries]),
        [[String(delayMs), 0]],
      );
      await subscriber.ack(received);
    }
    await subscriber.expectNothing();
  },
};
