import assert from "node:assert/strict";
import type { Settlement } from "@ytask/core/driver";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

export const lostDeliveriesAreReported: BrokerBehaviour = {
  name: "who lost its deliveries is told, and what it settles then is lost and changes nothing",
  needs: ["cut"],
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const other = await bench.connect();
    await other.send(messages(queue, numbered(4)));
    const taken = await subscriber.take(4);
    await bench.cut(broker);
    const heir = await bench.subscribe(other, queue);
    const again = await heir.take(4);
    await bench.mend(broker);
    await bench.eventually("onLost is called for each delivery", () => subscriber.lost.length >= 4);
    assert.deepEqual([...bodiesOf(subscriber.lost)].sort(), numbered(4));

    const [first, second, third, fourth] = taken;
    assert.ok(first && second && third && fourth);
    const late: Settlement[] = [
      { delivery: first, kind: "ack" },
      { delivery: second, kind: "replace", by: messages(queue, ["replacement"]) },
      { delivery: third, kind: "deadLetter", reason: "malformed" },
      { delivery: fourth, kind: "release" },
    ];
    await bench.eventually("late settles are answered", async () => {
      const outcomes = await subscriber.settle(late);
      assert.ok(!outcomes.includes("settled"), "what is lost cannot be settled");
      return outcomes.every((outcome) => outcome === "lost");
    });
    await heir.ack(again);
    await heir.expectNothing();
    assert.deepEqual(await other.deadLetters(queue).list(), []);
  },
};
