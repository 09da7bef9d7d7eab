import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { deadLetterAll } from "./dead-letter-all.js";

/** What a broker must keep of an error, in characters. */
const keptAtLeast = 500;

export const longErrorsMakeLetters: BrokerBehaviour = {
  name: "an error text of three megabytes makes a dead letter that keeps its first 500 characters",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const error = "€".repeat(1_000_000);
    await deadLetterAll(broker, queue, subscriber, ["body"], error);
    await subscriber.expectNothing();
    const [letter, ...more] = await broker.deadLetters(queue).list();
    assert.deepEqual(more, []);
    assert.equal(letter?.body, "body");
    assert.equal(letter.error?.slice(0, keptAtLeast), error.slice(0, keptAtLeast));
  },
};
