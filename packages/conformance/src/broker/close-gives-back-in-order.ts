import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const closeGivesBackInOrder: BrokerBehaviour = {
  name: "what a closing subscription gives back is at the head of the queue, in order",
  needs: ["orderedRelease"],
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start({ maxUnsettled: 6 });
    await broker.send(messages(queue, numbered(12)));
    const taken = await subscriber.take(6);
    await subscriber.ack(taken.slice(0, 2));
    await subscriber.close();
    const other = await bench.subscribe(broker, queue);
    assert.deepEqual(await other.takeBodies(10), numbered(10, 2));
  },
};
