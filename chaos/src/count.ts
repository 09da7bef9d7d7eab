import { type Window, windowsOf } from "./doubt.js";
import { type Duplicates, duplicatesOf, type Traits } from "./duplicates.js";
import type { Happened } from "./happened.js";
import { hasRun, historiesOf, type TaskHistory, type UnitHistory } from "./history.js";
import type { Sent } from "./producer.js";
import type { Recorded } from "./records.js";
import { longestStall, type Stall } from "./stall.js";
import type { Life } from "./worker-process.js";

/** All that is known of a run when it is over. */
export interface Facts {
  readonly sent: readonly Sent[];
  readonly recorded: Recorded;
  readonly happened: readonly Happened[];
  readonly lives: readonly Life[];
  /** What the client read of each confirmed task, by its number. */
  readonly results: ReadonlyMap<number, ResultSeen>;
  readonly dead: number;
  readonly endedAt: number;
  readonly traits: Traits;
}

export type ResultSeen = "right" | "missing" | "wrong";

/** What a run comes to. */
export interface Verdict {
  readonly sent: number;
  readonly confirmed: number;
  readonly unconfirmedThatRan: number;
  readonly executions: number;
  /** Confirmed tasks of which not all has run. */
  readonly lost: readonly TaskHistory[];
  readonly duplicates: Duplicates;
  readonly early: readonly UnitHistory[];
  readonly missing: number;
  /** Missing results that no stop of the backend explains. */
  readonly missingUnexplained: readonly number[];
  readonly wrong: readonly number[];
  readonly dead: number;
  readonly stall: Stall;
  /** Each promise that did not hold, in a sentence; none where all did. */
  readonly broken: readonly string[];
}

/**
 * The longest that nothing may begin while work waits, in milliseconds, beside the time that the broker is out of
 * reach: a lease, the second look at it, and a reconnect, on a machine that is busy.
 */
export const stallLimitMs = 20_000;
/** How long after the backend's return results may still be missing, in milliseconds. */
const backendReturnsMs = 3_000;

/** Counts what was lost, what ran twice, and what ran early, from what was recorded outside of the broker. */
export function count(facts: Facts): Verdict {
  const { sent, recorded, happened, endedAt } = facts;
  const tasks = historiesOf(sent, recorded.executions);
  const confirmed = tasks.filter((task) => task.sent.confirmedAt !== undefined);
  const lives = new Map(facts.lives.map((life) => [life.name, life]));
  const seen = (what: ResultSeen) =>
    confirmed.filter(({ sent: { plan } }) => facts.results.get(plan.number) === what);
  const missing = seen("missing");
  const windows = windowsOf(happened, recorded, facts.traits.acksInMemoryMs);
  const verdict = {
    sent: sent.length,
    confirmed: confirmed.length,
    unconfirmedThatRan: tasks.filter(
      (task) => task.sent.confirmedAt === undefined && (task.units[0]?.executions.length ?? 0) > 0,
    ).length,
    executions: recorded.executions.length,
    lost: confirmed.filter((task) => !hasRun(task)),
    duplicates: duplicatesOf(tasks, windows, lives, facts.traits),
    early: tasks.flatMap(({ units }) => units.filter(isEarly)),
    missing: missing.length,
    missingUnexplained: missing.filter((task) => !isExplained(task, happened, windows)).map(numberOf),
    wrong: seen("wrong").map(numberOf),
    dead: facts.dead,
    stall: longestStall(tasks, happened, endedAt),
  };
  return { ...verdict, broken: brokenOf(verdict) };
}

const numberOf = (task: TaskHistory): number => task.sent.plan.number;

/** A unit that began before it was due, or before its predecessor ended at all. */
function isEarly({ readyAt, executions }: UnitHistory): boolean {
  const first = executions[0];
  return first !== undefined && first.beganAt < (readyAt ?? Number.POSITIVE_INFINITY);
}

/**
 * A result may be missing where the backend was away between the end of the task and its settlement. A server that was
 * paused meanwhile notices only when it goes on.
 */
function isExplained(
  { units }: TaskHistory,
  happened: readonly Happened[],
  windows: readonly Window[],
): boolean {
  const stops = happened.filter(({ name }) => name === "stopBackend");
  return (units.at(-1)?.executions ?? []).some(({ life, beganAt, endedAt, clearAt }) =>
    stops.some(({ from, until }) => {
      const pauses = windows.filter(
        (window) => window.life === life && window.from <= until && window.until >= from,
      );
      const noticedBy = Math.max(until, ...pauses.map((pause) => pause.until)) + backendReturnsMs;
      return (endedAt ?? beganAt) <= noticedBy && (clearAt ?? Number.POSITIVE_INFINITY) >= from;
    }),
  );
}

function brokenOf(verdict: Omit<Verdict, "broken">): string[] {
  const { lost, duplicates, early, missingUnexplained, wrong, dead, stall } = verdict;
  const checks: [boolean, string][] = [
    [lost.length > 0, `${lost.length} confirmed tasks were lost: ${someOf(lost.map(numberOf))}`],
    [early.length > 0, `${early.length} attempts began early: ${someOf(early.map(describe))}`],
    [
      duplicates.unexplained.length > 0,
      `${duplicates.unexplained.length} attempts ran more often than the faults allow: ` +
        someOf(duplicates.unexplained.map(describe)),
    ],
    [
      missingUnexplained.length > 0,
      `${missingUnexplained.length} results are missing that the backend's stops do not explain: ` +
        someOf(missingUnexplained),
    ],
    [wrong.length > 0, `${wrong.length} results are wrong: ${someOf(wrong)}`],
    [dead > 0, `${dead} messages are dead letters, and no task of a run fails for good`],
    [
      stall.ms - stall.outageMs > stallLimitMs,
      `nothing began for ${stall.ms - stall.outageMs} ms while work waited; the limit is ${stallLimitMs} ms`,
    ],
  ];
  return checks.flatMap(([isBroken, sentence]) => (isBroken ? [sentence] : []));
}

const describe = ({ number, step, attempt, executions }: UnitHistory): string =>
  `task ${number} step ${step} attempt ${attempt} (${executions.map(({ life, beganAt }) => `${life} at ${beganAt}`).join(", ")})`;

const someOf = (items: readonly (string | number)[]): string =>
  `${items.slice(0, 10).join("; ")}${items.length > 10 ? "; …" : ""}`;
