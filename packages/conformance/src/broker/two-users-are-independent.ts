import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const twoUsersAreIndependent: BrokerBehaviour = {
  name: "the close of one broker leaves another alone",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const other = await bench.connect();
    await other.send(messages(queue, ["before"]));
    await other.close();
    await broker.send(messages(queue, ["after"]));
    assert.deepEqual(await subscriber.takeBodies(2), ["before", "after"]);
  },
};
