import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const releasesGoToTheHead: BrokerBehaviour = {
  name: "what is released goes to the head of the queue, in order",
  needs: ["orderedRelease"],
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start({ maxUnsettled: 4 });
    await broker.send(messages(queue, numbered(8)));
    const [first, ...rest] = await subscriber.take(4);
    assert.ok(first);
    await subscriber.release(rest);
    await subscriber.ack([first]);
    await subscriber.close();
    const other = await bench.subscribe(broker, queue);
    assert.deepEqual(await other.takeBodies(7), numbered(7, 1));
  },
};
