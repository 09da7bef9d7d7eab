import assert from "node:assert/strict";
import type { Settlement } from "@ytask/core/driver";
import { awaitedLater } from "../settles.js";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const whatOthersGotCannotBeSettled: BrokerBehaviour = {
  name: "who is cut off and goes on settling until it is back settles nothing of what others got meanwhile",
  needs: ["cut"],
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const other = await bench.connect();
    await other.send(messages(queue, numbered(2)));
    const [first, second] = await subscriber.take(2);
    assert.ok(first && second);
    const settlements: Settlement[] = [
      { delivery: first, kind: "ack" },
      { delivery: second, kind: "replace", by: messages(queue, ["replacement"]) },
    ];
    await bench.cut(broker);
    // As core does: one call that breaks off, then one that may still be pending when the connection is back.
    await subscriber.settle(settlements);
    const heir = await bench.subscribe(other, queue);
    const again = await heir.take(2);
    const settling = awaitedLater(subscriber.settle(settlements));
    await bench.mend(broker);
    assert.ok(!(await settling).includes("settled"), "what is lost cannot be settled");
    await bench.eventually("what is lost is told to be", async () => {
      const outcomes = await subscriber.settle(settlements);
      assert.ok(!outcomes.includes("settled"), "what is lost cannot be settled");
      return outcomes.every((outcome) => outcome === "lost");
    });
    await heir.ack(again);
    await heir.expectNothing();
  },
};
