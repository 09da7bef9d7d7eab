import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { crashDuringASettle, inPlaceOf } from "./crash-during-a-settle.js";
import { messages } from "./messages.js";

export const aCrashDuringAReplaceLeavesOne: BrokerBehaviour = {
  name: "of a message that is replaced when its subscriber crashes, either it or what replaces it is there, never both",
  needs: ["cut", "atomicReplace"],
  async run(bench) {
    const found = await crashDuringASettle(bench, (delivery, queue) => ({
      delivery,
      kind: "replace",
      by: messages(queue, [inPlaceOf(delivery.body)]),
    }));
    const both = found.filter((body) => found.includes(inPlaceOf(body)));
    assert.equal(both.length, 0, `both are there of the messages ${both.join(", ")}`);
  },
};
