import type { BrokerBehaviour } from "./broker-behaviour.js";
import { crashDuringASettle, inPlaceOf } from "./crash-during-a-settle.js";
import { messages } from "./messages.js";

export const aCrashDuringAReplaceLosesNothing: BrokerBehaviour = {
  name: "of a message that is replaced when its subscriber crashes, it or what replaces it is there",
  needs: ["cut"],
  async run(bench) {
    await crashDuringASettle(bench, (delivery, queue) => ({
      delivery,
      kind: "replace",
      by: messages(queue, [inPlaceOf(delivery.body)]),
    }));
  },
};
