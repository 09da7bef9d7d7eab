import type { Behaviour } from "../behaviour.js";
import type { BackendBench } from "./backend-bench.js";
export type BackendNeed = "atomicUnlessFinished" | "watch" | "cut" | "stall";
export const backendBehaviours: readonly Behaviour<BackendBench, BackendNeed>[] = [];
