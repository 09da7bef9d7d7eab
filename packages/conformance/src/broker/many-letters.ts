import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { deadLetterAll } from "./dead-letter-all.js";
import { numbered } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

/** More than a page of most servers. */
const count = 1_100;

export const manyLetters: BrokerBehaviour = {
  name: "of more than a thousand dead letters each is listed and found once, the last is redriven as the first, and all are purged",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start({ maxUnsettled: count });
    await deadLetterAll(broker, queue, subscriber, numbered(count));
    const letters = broker.deadLetters(queue);
    const all = await letters.list({ limit: 2 * count });
    assert.deepEqual(bodiesOf(all), numbered(count));
    const last = all.at(-1);
    assert.ok(last);
    const found = await letters.find?.(all.map(({ id }) => id));
    // In any order.
    if (found !== undefined) assert.deepEqual(bodiesOf(found).toSorted(), numbered(count).toSorted());
    assert.equal(await letters.redrive([last.id]), 1);
    assert.deepEqual(await subscriber.takeBodies(1), [last.body]);
    assert.equal(await letters.purge(), count - 1);
    assert.deepEqual(await letters.list(), []);
  },
};
