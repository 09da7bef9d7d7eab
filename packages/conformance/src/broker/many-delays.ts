import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { numbered } from "./messages.js";
import { Stopwatch } from "./stopwatch.js";

const count = 200;
const longestMs = 2_000;
const receiveMs = 500;

export const manyDelays: BrokerBehaviour = {
  name: "of many delayed messages each is delivered once, and none early",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    // The longest first: a broker that looks only at the oldest delivers the others late, or at once.
    const delays = numbered(count).map((_, index) => longestMs - index * (longestMs / count));
    const watch = new Stopwatch();
    await broker.send(delays.map((delayMs, index) => ({ queue, body: String(index), delayMs })));
    const received: number[] = [];
    while (received.length < count) {
      // Takes what is there, and no more: waiting for others together with it would hide that it is early.
      const some = await subscriber.receive(count, receiveMs);
      for (const { body } of some) watch.assertNotEarly(delays[Number(body)] ?? 0);
      received.push(...some.map(({ body }) => Number(body)));
      await subscriber.ack(some);
    }
    assert.equal(received.length, count);
    assert.equal(new Set(received).size, count);
    await subscriber.expectNothing();
  },
};
