/** `pnpm chaos`: see README.md. Exits with 1 where a promise did not hold. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { report } from "./report.js";
import { chaosRun } from "./run.js";
import { type BrokerKind, brokerKinds } from "./settings.js";
import { soak } from "./soak.js";

const usage = `pnpm chaos [--minutes N] [--seed S] [--broker B] [--soak]
  --minutes  how long tasks are sent, on each broker (default 1)
  --seed     repeats the schedule of a run (default: a new one)
  --broker   ${brokerKinds.join(", ")} or all (default)
  --soak     a steady rate and graceful restarts; memory and latency over time, as numbers and as an SVG`;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    broker: { type: "string", default: "all" },
    soak: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const durationMs = Number(values.minutes) * 60_000;
const seed = Number(values.seed);
const isKnown = (name: string): name is BrokerKind => (brokerKinds as readonly string[]).includes(name);
if (
  values.help ||
  !(durationMs > 0) ||
  !Number.isInteger(seed) ||
  !(values.broker === "all" || isKnown(values.broker))
) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}
const chosen = isKnown(values.broker) ? [values.broker] : brokerKinds;
let areAllWell = true;
for (const broker of chosen) {
  const folder = mkdtempSync(join(tmpdir(), `ytask-chaos-${broker}-`));
  const options = { broker, seed, durationMs, folder, log: console.log };
  const outcome = await (values.soak ? soak(options) : chaosRun(options));
  console.log(report(options, outcome));
  const isWell = outcome.verdict.broken.length === 0;
  // The records tell what went wrong, and a soak's drawing is there to be looked at.
  if (isWell && !values.soak) rmSync(folder, { recursive: true });
  areAllWell &&= isWell;
}
process.exit(areAllWell ? 0 : 1);
