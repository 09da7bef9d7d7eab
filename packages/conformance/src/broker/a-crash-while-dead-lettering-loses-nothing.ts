import type { BrokerBehaviour } from "./broker-behaviour.js";
import { crashDuringASettle } from "./crash-during-a-settle.js";

export const aCrashWhileDeadLetteringLosesNothing: BrokerBehaviour = {
  name: "a message that becomes a dead letter when its subscriber crashes is one, or is delivered again",
  needs: ["cut"],
  async run(bench) {
    await crashDuringASettle(bench, (delivery) => ({ delivery, kind: "deadLetter", reason: "malformed" }));
  },
};
