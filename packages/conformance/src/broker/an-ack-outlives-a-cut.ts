import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const anAckOutlivesACut: BrokerBehaviour = {
  name: "what was acked before the connection broke is not delivered again when it is back",
  needs: ["cut"],
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const other = await bench.connect();
    await other.send(messages(queue, numbered(5)));
    assert.deepEqual(await subscriber.takeBodies(5), numbered(5));
    await bench.cut(broker);
    await bench.mend(broker);
    await other.send(messages(queue, ["later"]));
    assert.deepEqual(await subscriber.takeThrough("later"), ["later"]);
    await subscriber.expectNothing();
  },
};
