import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { deadLetterAll } from "./dead-letter-all.js";
import { numbered } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

export const aFailedRewriteLosesNothing: BrokerBehaviour = {
  name: "a redrive whose `rewrite` throws rejects, and leaves each letter dead or redriven, never both or neither",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await deadLetterAll(broker, queue, subscriber, numbered(5));
    const letters = broker.deadLetters(queue);
    const redriving = letters.redrive(undefined, ({ body }) => {
      if (body === "2") throw new Error("cannot be rewritten");
      return body;
    });
    await assert.rejects(redriving, /cannot be rewritten/);
    const dead = bodiesOf(await letters.list());
    const redriven = await subscriber.takeBodies(5 - dead.length);
    assert.deepEqual([...redriven, ...dead].sort(), numbered(5));
    assert.ok(dead.includes("2"), "what could not be rewritten stays");
    await subscriber.expectNothing();
  },
};
