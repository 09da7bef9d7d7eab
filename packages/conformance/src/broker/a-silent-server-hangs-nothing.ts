import type { BrokerBehaviour } from "./broker-behaviour.js";
import { everyCallSettles } from "./every-call-settles.js";

export const aSilentServerHangsNothing: BrokerBehaviour = {
  name: "every call settles though the server does not answer",
  needs: ["stall"],
  run: (bench) => everyCallSettles(bench, (broker) => bench.stall(broker)),
};
