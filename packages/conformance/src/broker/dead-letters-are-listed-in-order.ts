import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { deadLetterAll } from "./dead-letter-all.js";
import { numbered } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

export const deadLettersAreListedInOrder: BrokerBehaviour = {
  name: "dead letters are listed the oldest first, up to the limit, which is 100 by default",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await deadLetterAll(broker, queue, subscriber, numbered(120));
    const letters = broker.deadLetters(queue);
    const listed = await letters.list();
    assert.deepEqual(bodiesOf(listed), numbered(100));
    assert.equal(new Set(listed.map((letter) => letter.id)).size, 100, "ids are unique");
    assert.deepEqual(bodiesOf(await letters.list({ limit: 7 })), numbered(7));
    assert.deepEqual(bodiesOf(await letters.list({ limit: 500 })), numbered(120));
    assert.deepEqual(bodiesOf(await letters.list({ limit: undefined })), numbered(100));
    assert.deepEqual(await broker.deadLetters(bench.queue()).list(), []);
  },
};
