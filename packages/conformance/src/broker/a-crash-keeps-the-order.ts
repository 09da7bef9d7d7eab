import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const aCrashKeepsTheOrder: BrokerBehaviour = {
  name: "what a crashed subscriber did not settle comes back in order",
  needs: ["cut", "orderedRelease"],
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start({ maxUnsettled: 6 });
    const other = await bench.connect();
    await other.send(messages(queue, numbered(12)));
    await subscriber.take(6);
    await bench.cut(broker);
    const heir = await bench.subscribe(other, queue);
    // The contract does not say how soon the first six are back, so the others may come before or between them.
    const received = await heir.takeBodies(12);
    assert.deepEqual(
      received.filter((body) => Number(body) < 6),
      numbered(6),
    );
    assert.deepEqual(
      received.filter((body) => Number(body) >= 6),
      numbered(6, 6),
    );
  },
};
