import { stallLimitMs } from "./count.js";
import { type FaultName, faults } from "./faults.js";
import type { Happened } from "./happened.js";
import type { RunOptions, RunOutcome } from "./run.js";

/** What a run prints at its end: its numbers, what did not hold, and how to repeat it. */
export function report(options: RunOptions, { verdict, happened }: RunOutcome): string {
  const { duplicates, stall, broken } = verdict;
  const rows: [string, string | number][] = [
    ["sent and confirmed", `${verdict.confirmed} of ${verdict.sent}`],
    ["not confirmed, and ran", verdict.unconfirmedThatRan],
    ["attempts that ran", verdict.executions],
    ["run at least once", verdict.confirmed - verdict.lost.length],
    ["lost", verdict.lost.length],
    [
      "duplicates",
      `${duplicates.count} (the faults allow ${duplicates.bound}; unexplained: ${duplicates.unexplained.length})`,
    ],
    ["early deliveries", verdict.early.length],
    [
      "results missing",
      `${verdict.missing} (not explained by the backend's stops: ${verdict.missingUnexplained.length})`,
    ],
    ["dead letters", verdict.dead],
    [
      "longest stall",
      `${stall.ms - stall.outageMs} ms, and ${stall.outageMs} ms without the broker (limit ${stallLimitMs} ms)`,
    ],
  ];
  const inDoubt = [...duplicates.doubtful].map(
    ([title, attempts]) => `  ${attempts} attempts in doubt: ${title}`,
  );
  return [
    `${options.broker}, seed ${options.seed}, ${options.durationMs / 1_000} s`,
    ...faultLines(happened),
    ...rows.map(([title, value]) => `  ${title.padEnd(24)}${value}`),
    ...inDoubt,
    ...(broken.length === 0
      ? ["  every promise held"]
      : [
          ...broken.map((sentence) => `  BROKEN: ${sentence}`),
          `  records: ${options.folder}`,
          `  repeat it: ${command(options)}`,
        ]),
  ].join("\n");
}

function faultLines(happened: readonly Happened[]): string[] {
  const counts = new Map<FaultName, number>();
  for (const { name } of happened) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, times]) => `  ${times} × ${faults[name].title}`);
}

/** The command that repeats the schedule of a run. */
export const command = ({ broker, seed, durationMs }: RunOptions): string =>
  `pnpm chaos --broker ${broker} --seed ${seed} --minutes ${durationMs / 60_000}`;
