import type { Behaviour } from "../behaviour.js";
import type { BackendBench } from "./backend-bench.js";

/** What a behaviour of a backend may need: its capabilities, and whether a test can take its connection away. */
export type BackendNeed = "atomicUnlessFinished" | "watch" | "cut" | "stall";

export type BackendBehaviour = Behaviour<BackendBench, BackendNeed>;
