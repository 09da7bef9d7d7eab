import type { Behaviour } from "../behaviour.js";
import type { BrokerBench } from "./broker-bench.js";
export type BrokerNeed =
  | "exactRedeliveryCount"
  | "front"
  | "atomicReplace"
  | "orderedRelease"
  | "cut"
  | "stall";
export const brokerBehaviours: readonly Behaviour<BrokerBench, BrokerNeed>[] = [];
