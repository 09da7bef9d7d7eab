import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { deadLetterAll } from "./dead-letter-all.js";
import { messages, numbered } from "./messages.js";

export const purgeDeletes: BrokerBehaviour = {
  name: "purge deletes the dead letters of its queue, and nothing else",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const otherQueue = bench.queue();
    const other = await bench.subscribe(broker, otherQueue);
    await deadLetterAll(broker, queue, subscriber, numbered(5));
    await deadLetterAll(broker, otherQueue, other, numbered(2));
    await broker.send(messages(queue, ["waiting"]));
    assert.equal(await broker.deadLetters(queue).purge(), 5);
    assert.equal(await broker.deadLetters(queue).purge(), 0);
    assert.deepEqual(await broker.deadLetters(queue).list(), []);
    assert.equal((await broker.deadLetters(otherQueue).list()).length, 2);
    assert.deepEqual(await subscriber.takeBodies(1), ["waiting"]);
    await subscriber.expectNothing();
  },
};
