import assert from "node:assert/strict";
import type { Letter } from "@ytask/core/driver";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { deadLetterAll } from "./dead-letter-all.js";
import { numbered } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

export const redriveRewrites: BrokerBehaviour = {
  name: "redrive sends what `rewrite` makes of a letter, from all that the letter says",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await deadLetterAll(broker, queue, subscriber, numbered(3));
    const letters = broker.deadLetters(queue);
    const rewrite = ({ body, reason, error }: Letter) => `${body} ${reason} ${error}`;
    const [first] = await letters.list();
    assert.ok(first);
    assert.equal(await letters.redrive([first.id], rewrite), 1);
    assert.deepEqual(await subscriber.takeBodies(1), ["0 permanentFailure no"]);
    assert.deepEqual(bodiesOf(await letters.list()), ["1", "2"]);
    assert.equal(await letters.redrive(undefined, rewrite), 2);
    assert.deepEqual([...(await subscriber.takeBodies(2))].sort(), [
      "1 permanentFailure no",
      "2 permanentFailure no",
    ]);
    assert.deepEqual(await letters.list(), []);
  },
};
