import type { Measurement } from "../measurement.js";
import { backlog } from "./backlog.js";
import { bulkSends } from "./bulk-sends.js";
import { delays } from "./delays.js";
import { idleLatency } from "./idle-latency.js";
import { loadedLatency } from "./loaded-latency.js";
import { redisMemory } from "./redis-memory.js";
import { sends } from "./sends.js";
import { serverProcesses } from "./server-processes.js";
import { throughput } from "./throughput.js";

/** In the order in which they are made and shown. */
export const measurements: Readonly<Record<string, Measurement>> = {
  throughput,
  sends,
  "bulk-sends": bulkSends,
  "redis-memory": redisMemory,
  "idle-latency": idleLatency,
  "loaded-latency": loadedLatency,
  delays,
  processes: serverProcesses,
  backlog,
};

/** @param name one of the keys of `measurements` */
export function measurementOf(name: string): Measurement {
  const measurement = measurements[name];
  if (measurement !== undefined) return measurement;
  throw new Error(`there is no measurement ${name}; there are ${Object.keys(measurements).join(", ")}`);
}
