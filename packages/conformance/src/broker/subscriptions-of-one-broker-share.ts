import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

const maxUnsettled = 5;

export const subscriptionsOfOneBrokerShare: BrokerBehaviour = {
  name: "two subscriptions of one broker to one queue share it, and the close of one leaves the other alone",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start({ maxUnsettled });
    const other = await bench.subscribe(broker, queue, { maxUnsettled });
    await broker.send(messages(queue, numbered(2 * maxUnsettled)));
    const taken = await subscriber.take(maxUnsettled);
    const othersTaken = await other.take(maxUnsettled);
    const all = bodiesOf([...taken, ...othersTaken]);
    assert.deepEqual(new Set(all), new Set(numbered(2 * maxUnsettled)));
    await subscriber.close();
    await other.ack(othersTaken);
    assert.deepEqual([...(await other.takeBodies(maxUnsettled))].sort(), [...bodiesOf(taken)].sort());
    await broker.send(messages(queue, ["later"]));
    assert.deepEqual(await other.takeBodies(1), ["later"]);
    await other.expectNothing();
  },
};
