import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

const body = "the same";

export const equalBodiesAreSeveral: BrokerBehaviour = {
  name: "messages with the same body are several, however they are sent, settled and dead-lettered",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send([...messages(queue, [body, body]), ...messages(queue, [body, body], { delayMs: 100 })]);
    await broker.send(messages(queue, [body]));
    // One by one, and held: a broker that starts to count anew in each receive would give the same id again.
    const taken = [];
    for (let one = 0; one < 5; one++) taken.push(...(await subscriber.take(1)));
    assert.equal(new Set(taken.map(({ id }) => id)).size, 5, "each unsettled delivery has an id of its own");
    const [acked, first, second] = taken;
    assert.ok(acked && first && second);
    await subscriber.settleAll([
      { delivery: acked, kind: "ack" },
      { delivery: first, kind: "deadLetter", reason: "malformed" },
      { delivery: second, kind: "deadLetter", reason: "malformed" },
    ]);
    await subscriber.close();
    const letters = broker.deadLetters(queue);
    const [letter, ...others] = await letters.list();
    assert.ok(letter);
    assert.deepEqual(bodiesOf(others), [body], "two of them are dead letters");
    assert.equal(await letters.redrive([letter.id]), 1);
    assert.deepEqual(
      (await letters.list()).map(({ id }) => id),
      others.map(({ id }) => id),
    );
    const heir = await bench.subscribe(broker, queue);
    await heir.takeBodies(3);
    await heir.expectNothing();
  },
};
