import type { Behaviour } from "../behaviour.js";
import type { BrokerBench } from "./broker-bench.js";

/** What a behaviour of a broker may need: its capabilities, and whether a test can take its connection away. */
export type BrokerNeed =
  | "exactRedeliveryCount"
  | "front"
  | "atomicReplace"
  | "orderedRelease"
  | "cut"
  | "stall";

export type BrokerBehaviour = Behaviour<BrokerBench, BrokerNeed>;
