import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const anAckIsForOne: BrokerBehaviour = {
  name: "an ack removes its message, and none that was delivered before it",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, numbered(6)));
    const taken = await subscriber.take(6);
    const [last, third, first] = [taken[5], taken[2], taken[0]];
    assert.ok(last && third && first);
    await subscriber.ack([last]);
    await subscriber.ack([third, first]);
    await subscriber.close();
    const other = await bench.subscribe(await bench.connect(), queue);
    assert.deepEqual([...(await other.takeBodies(3))].sort(), ["1", "3", "4"]);
    await other.expectNothing();
  },
};
