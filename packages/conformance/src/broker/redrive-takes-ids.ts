import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { deadLetterAll } from "./dead-letter-all.js";
import { numbered } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

export const redriveTakesIds: BrokerBehaviour = {
  name: "redrive, and find where there is one, take the letters of the given ids, pass over ids that are gone, and leave the others",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await deadLetterAll(broker, queue, subscriber, numbered(4));
    const letters = broker.deadLetters(queue);
    const [first, , third] = await letters.list();
    assert.ok(first && third);
    const found = await letters.find?.([third.id, first.id, `${third.id}0`]);
    if (found !== undefined) assert.deepEqual([...bodiesOf(found)].sort(), ["0", "2"]);
    assert.equal(await letters.redrive([]), 0, "no ids are not all of them");
    assert.equal(await letters.redrive([third.id, first.id]), 2);
    assert.deepEqual([...(await subscriber.takeBodies(2))].sort(), ["0", "2"]);
    assert.equal(await letters.redrive([first.id]), 0, "an id that is gone is passed over");
    assert.deepEqual(bodiesOf(await letters.list()), ["1", "3"]);
    await subscriber.expectNothing();
  },
};
