import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

export const lostAreTheReceived: BrokerBehaviour = {
  name: "`onLost` is given the very deliveries that were received, and none that was settled",
  needs: ["cut"],
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const other = await bench.connect();
    await other.send(messages(queue, numbered(5)));
    const [first, second, third, ...kept] = await subscriber.take(5);
    assert.ok(first && second && third);
    await subscriber.settleAll([
      { delivery: first, kind: "ack" },
      { delivery: second, kind: "replace", by: [] },
      { delivery: third, kind: "deadLetter", reason: "malformed" },
    ]);
    await bench.cut(broker);
    const heir = await bench.subscribe(other, queue);
    await heir.takeBodies(kept.length);
    await bench.mend(broker);
    await bench.eventually("each loss is reported", () => subscriber.lost.length >= kept.length);
    assert.deepEqual([...bodiesOf(subscriber.lost)].sort(), bodiesOf(kept));
    for (const delivery of kept)
      assert.ok(subscriber.lost.includes(delivery), "onLost was to be given what receive resolved to");
  },
};
