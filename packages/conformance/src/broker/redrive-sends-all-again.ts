import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { deadLetterAll } from "./dead-letter-all.js";
import { numbered } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

/** More than a page of most servers. */
const count = 1_100;

export const redriveSendsAllAgain: BrokerBehaviour = {
  name: "redrive puts all dead letters back into the queue, as if they were new",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start({ maxUnsettled: count });
    await deadLetterAll(broker, queue, subscriber, numbered(count));
    const letters = broker.deadLetters(queue);
    assert.equal(await letters.redrive(), count);
    const taken = await subscriber.take(count);
    assert.deepEqual(new Set(bodiesOf(taken)), new Set(numbered(count)));
    assert.ok(
      taken.every((delivery) => delivery.redeliveries === 0),
      "what was redriven has 0 redeliveries",
    );
    await subscriber.ack(taken);
    assert.deepEqual(await letters.list(), []);
    assert.equal(await letters.redrive(), 0);
  },
};
