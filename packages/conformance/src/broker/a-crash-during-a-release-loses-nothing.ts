import type { BrokerBehaviour } from "./broker-behaviour.js";
import { crashDuringASettle } from "./crash-during-a-settle.js";

export const aCrashDuringAReleaseLosesNothing: BrokerBehaviour = {
  name: "a message that is released when its subscriber crashes is delivered again",
  needs: ["cut"],
  async run(bench) {
    await crashDuringASettle(bench, (delivery) => ({ delivery, kind: "release" }));
  },
};
