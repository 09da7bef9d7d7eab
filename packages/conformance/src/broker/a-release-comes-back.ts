import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const aReleaseComesBack: BrokerBehaviour = {
  name: "what is released is delivered again, and can be settled then",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, numbered(3)));
    await subscriber.release(await subscriber.take(3));
    const again = await subscriber.take(3);
    assert.deepEqual(again.map((delivery) => delivery.body).sort(), numbered(3));
    await subscriber.release(again);
    await subscriber.close();
    const other = await bench.subscribe(await bench.connect(), queue);
    assert.deepEqual([...(await other.takeBodies(3))].sort(), numbered(3));
    await other.expectNothing();
  },
};
