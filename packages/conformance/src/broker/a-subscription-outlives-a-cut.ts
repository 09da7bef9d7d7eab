import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const aSubscriptionOutlivesACut: BrokerBehaviour = {
  name: "a broker that was cut off goes on by itself, and its subscription with it",
  needs: ["cut"],
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const other = await bench.connect();
    await bench.cut(broker);
    await other.send(messages(queue, ["sent meanwhile"]));
    await bench.mend(broker);
    assert.deepEqual(await subscriber.takeBodies(1), ["sent meanwhile"]);
    await broker.send(messages(queue, ["sent again"]));
    assert.deepEqual(await subscriber.takeBodies(1), ["sent again"]);
  },
};
