import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { historiesOf } from "./history.js";
import { chaosRun, type RunOptions, type RunOutcome } from "./run.js";
import { lineChart, page } from "./svg.js";

/** What one stretch of a soak came to. */
export interface Stretch {
  /** Seconds since the start, at its end. */
  readonly atSeconds: number;
  readonly ran: number;
  /** From when a task could begin to when it did, in milliseconds. */
  readonly medianMs: number;
  readonly p99Ms: number;
  /** The most that one server process held, in MB. */
  readonly memoryMb: number;
}

const stretches = 30;
const tasksPerSecond = 60;
const restartEveryMs = 20_000;

/** Runs at a steady rate with graceful restarts; prints memory and latency over time, and draws them. */
export async function soak(options: RunOptions): Promise<RunOutcome> {
  const outcome = await chaosRun({
    ...options,
    faults: ["stop"],
    perSecond: tasksPerSecond,
    faultEveryMs: restartEveryMs,
  });
  const rows = stretchesOf(outcome, options.durationMs);
  const file = join(options.folder, `soak-${options.broker}.svg`);
  writeFileSync(file, drawing(options, rows));
  options.log?.(table(rows));
  options.log?.(`drawn in ${file}`);
  return outcome;
}

/** The measurements of a run, a stretch of time each. */
export function stretchesOf({ recorded, sent, startedAt }: RunOutcome, durationMs: number): Stretch[] {
  const lengthMs = durationMs / stretches;
  const firsts = historiesOf(sent, recorded.executions).flatMap(({ units: [first] }) => {
    const beganAt = first?.executions[0]?.beganAt;
    return beganAt === undefined || first?.readyAt === undefined ? [] : [{ beganAt, readyAt: first.readyAt }];
  });
  return Array.from({ length: stretches }, (_, index) => {
    const from = startedAt + index * lengthMs;
    const isWithin = (at: number) => at >= from && at < from + lengthMs;
    const latencies = firsts
      .filter(({ beganAt }) => isWithin(beganAt))
      .map(({ beganAt, readyAt }) => beganAt - readyAt)
      .sort((one, other) => one - other);
    const memory = recorded.alive.filter(({ at }) => isWithin(at)).map(({ rss }) => rss / 1_048_576);
    return {
      atSeconds: ((index + 1) * lengthMs) / 1_000,
      ran: recorded.executions.filter(({ beganAt }) => isWithin(beganAt)).length,
      medianMs: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      memoryMb: Math.max(0, ...memory),
    };
  });
}

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

const table = (rows: readonly Stretch[]): string =>
  [
    "  seconds  attempts  median ms  p99 ms  memory MB",
    ...rows.map(({ atSeconds, ran, medianMs, p99Ms, memoryMb }) =>
      [atSeconds.toFixed(0), ran, medianMs, p99Ms, memoryMb.toFixed(0)]
        .map((value, column) => String(value).padStart([9, 10, 11, 8, 11][column] ?? 0))
        .join(""),
    ),
  ].join("\n");

function drawing({ broker, seed }: RunOptions, rows: readonly Stretch[]): string {
  const points = (value: (row: Stretch) => number) => rows.map((row) => [row.atSeconds, value(row)] as const);
  return page(`Soak of ${broker}, seed ${seed}: ${tasksPerSecond} tasks a second, graceful restarts`, [
    lineChart("Latency: from due to begun, ms", [
      { name: "median", points: points(({ medianMs }) => medianMs) },
      { name: "p99", points: points(({ p99Ms }) => p99Ms) },
    ]),
    lineChart("Memory of the largest server process, MB", [
      { name: "resident", points: points(({ memoryMb }) => memoryMb) },
    ]),
  ]);
}
