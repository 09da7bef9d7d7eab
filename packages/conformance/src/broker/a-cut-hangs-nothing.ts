import type { BrokerBehaviour } from "./broker-behaviour.js";
import { everyCallSettles } from "./every-call-settles.js";

export const aCutHangsNothing: BrokerBehaviour = {
  name: "every call settles though the connection is broken",
  needs: ["cut"],
  run: (bench) => everyCallSettles(bench, (broker) => bench.cut(broker)),
};
