import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

/** What a broker must keep of an error, in characters. */
const keptAtLeast = 500;

export const longErrorsMakeLetters: BrokerBehaviour = {
  name: "an error text of three megabytes makes a dead letter that keeps its first 500 characters",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, ["body"]));
    const [delivery] = await subscriber.take(1);
    assert.ok(delivery);
    const error = "€".repeat(1_000_000);
    await subscriber.settleAll([{ delivery, kind: "deadLetter", reason: "retriesExhausted", error }]);
    await subscriber.expectNothing();
    const [letter, ...more] = await broker.deadLetters(queue).list();
    assert.deepEqual(more, []);
    assert.equal(letter?.body, "body");
    assert.equal(letter.error?.slice(0, keptAtLeast), error.slice(0, keptAtLeast));
  },
};
