import { faults } from "./faults.js";
import type { Happened } from "./happened.js";
import type { TaskHistory } from "./history.js";

/** A time in which nothing began although something could have. */
export interface Stall {
  readonly ms: number;
  readonly from: number;
  /** How much of it the broker was out of reach, which is no fault of a server's. */
  readonly outageMs: number;
}

/** The longest stall, without the time in which the broker was out of reach. */
export function longestStall(
  tasks: readonly TaskHistory[],
  happened: readonly Happened[],
  endedAt: number,
): Stall {
  const waits = waitsOf(tasks, endedAt);
  const begins = tasks.flatMap(({ units }) =>
    units.flatMap(({ executions }) => executions.map(({ beganAt }) => beganAt)),
  );
  const moments = [...begins, endedAt].sort((one, other) => one - other);
  let longest: Stall = { ms: 0, from: 0, outageMs: 0 };
  let last = Number.NEGATIVE_INFINITY;
  let next = 0;
  for (const moment of moments) {
    while (next < waits.length && (waits[next]?.until ?? 0) < moment) next++;
    const from = Math.max(last, waits[next]?.earliestOfLater ?? moment);
    const outageMs = outageWithin(from, moment, happened);
    if (moment - from - outageMs > longest.ms - longest.outageMs)
      longest = { ms: moment - from, from, outageMs };
    last = moment;
  }
  return longest;
}

interface Wait {
  readonly until: number;
  /** Since when the first of those that waited until then, or longer, could have begun. */
  readonly earliestOfLater: number;
}

/** When units could have begun and first did, in the order in which they did. */
function waitsOf(tasks: readonly TaskHistory[], endedAt: number): readonly Wait[] {
  const waits = tasks
    .flatMap(({ sent, units }) =>
      units.flatMap(({ readyAt, executions }) => {
        const isExpected = sent.confirmedAt !== undefined || executions.length > 0;
        // A send may take long, and only then does a server see the task.
        const from = readyAt === undefined ? undefined : Math.max(readyAt, sent.confirmedAt ?? 0);
        const until = executions[0]?.beganAt ?? endedAt;
        return !isExpected || from === undefined || from > until ? [] : [{ from, until }];
      }),
    )
    .sort((one, other) => one.until - other.until);
  let earliest = Number.POSITIVE_INFINITY;
  return waits
    .reverse()
    .map(({ from, until }) => {
      earliest = Math.min(earliest, from);
      return { until, earliestOfLater: earliest };
    })
    .reverse();
}

function outageWithin(from: number, until: number, happened: readonly Happened[]): number {
  const outages = happened
    .filter(({ name }) => faults[name].isOutage)
    .map((fault) => ({ from: Math.max(from, fault.from), until: Math.min(until, fault.until) }))
    .filter((outage) => outage.until > outage.from);
  return outages.reduce((sum, outage) => sum + outage.until - outage.from, 0);
}
