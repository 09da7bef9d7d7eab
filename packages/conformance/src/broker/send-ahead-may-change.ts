import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

const rounds = 20;
const messagesInARound = 4;
/** The counts that `sendAhead` is called with in turn: more than before, less, and none. */
const aheads = [3, 20, 0, 1, 50, 0, 5];

export const sendAheadMayChange: BrokerBehaviour = {
  name: "how much is sent ahead may change at any time: each message comes once, in order, and none is lost at a close",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start({ maxUnsettled: 2 * messagesInARound });
    const sayAnew = (round: number) => subscriber.sendAhead(aheads[round % aheads.length] ?? 0);
    const received: string[] = [];
    await broker.send(messages(queue, numbered(2 * messagesInARound)));
    for (let round = 0; round < rounds; round++) {
      await broker.send(messages(queue, numbered(messagesInARound, (round + 2) * messagesInARound)));
      sayAnew(round);
      const taking = subscriber.take(messagesInARound);
      sayAnew(round + 1);
      const taken = await taking;
      sayAnew(round + 2);
      await subscriber.ack(taken);
      received.push(...bodiesOf(taken));
    }
    assert.deepEqual(received, numbered(rounds * messagesInARound));
    assert.deepEqual(bodiesOf(subscriber.lost), []);

    subscriber.sendAhead(20);
    await subscriber.take(1);
    await subscriber.close();
    const heir = await bench.subscribe(broker, queue);
    const left = numbered(2 * messagesInARound, rounds * messagesInARound);
    assert.deepEqual(new Set(await heir.takeBodies(left.length)), new Set(left));
    await heir.expectNothing();
  },
};
