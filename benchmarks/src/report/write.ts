import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Outcome } from "../outcome.js";
import { barChart } from "./chart.js";
import { chartFile, page } from "./page.js";

const root = join(import.meta.dirname, "../../..");
const resultsFile = join(root, "benchmarks/results/latest.json");

/** What the last run found; undefined before the first. */
export function readOutcome(): Outcome | undefined {
  try {
    return JSON.parse(readFileSync(resultsFile, "utf8")) as Outcome; // what `writeJson` wrote
  } catch {
    return undefined;
  }
}

export function writeJson(outcome: Outcome): void {
  mkdirSync(join(resultsFile, ".."), { recursive: true });
  writeFileSync(resultsFile, `${JSON.stringify(outcome, undefined, 2)}\n`);
}

/** Writes docs/benchmarks.md and its charts. */
export function writePage(outcome: Outcome): void {
  const folder = join(root, "docs/benchmarks");
  mkdirSync(folder, { recursive: true });
  for (const [name, measurement] of Object.entries(outcome.measurements))
    for (const figure of Object.keys(measurement.figures))
      writeFileSync(join(folder, chartFile(name, figure)), barChart(outcome, measurement, figure));
  writeFileSync(join(root, "docs/benchmarks.md"), page(outcome));
}
