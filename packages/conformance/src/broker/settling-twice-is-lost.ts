import assert from "node:assert/strict";
import type { Settlement } from "@ytask/core/driver";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const settlingTwiceIsLost: BrokerBehaviour = {
  name: "what is settled a second time is lost, and nothing changes",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, ["first", "second"]));
    const [delivery, next] = await subscriber.take(2);
    assert.ok(delivery && next);
    await subscriber.ack([delivery]);
    const again: Settlement[] = [
      { delivery, kind: "ack" },
      { delivery, kind: "replace", by: messages(queue, ["replacement"]) },
      { delivery, kind: "deadLetter", reason: "malformed" },
      { delivery, kind: "release" },
    ];
    for (const settlement of again)
      assert.deepEqual(await subscriber.settle([settlement]), ["lost"], settlement.kind);
    await subscriber.expectNothing();
    assert.deepEqual(await broker.deadLetters(queue).list(), []);
    const twice = [next, next].map((each): Settlement => ({ delivery: each, kind: "ack" }));
    assert.deepEqual(await subscriber.settle(twice), ["settled", "lost"], "twice in one call");
  },
};
