import { isDoubtful, type Window } from "./doubt.js";
import type { TaskHistory, UnitHistory } from "./history.js";
import type { Execution } from "./records.js";
import type { Life } from "./worker-process.js";

/** What a broker does that decides how often a message can come twice. */
export interface Traits {
  /** A retry or next step takes its predecessor's place in one step. If not, both can exist after a fault. */
  readonly atomicReplace: boolean;
  /**
   * A message that came back is sent again with its count, and then removed. A fault between both leaves two: a classic
   * queue of RabbitMQ does not count by itself.
   */
  readonly countsBySending: boolean;
  /** A delayed message moves from queue to queue, and a restart between two of them can leave it in both. */
  readonly delaysByMoving: boolean;
  /**
   * For how long, in milliseconds, a broker may keep an ack in memory only: a crash takes back what was settled since.
   * RabbitMQ confirms no acks, and its queues write them down from time to time.
   */
  readonly acksInMemoryMs: number;
}

export interface Duplicates {
  /** Attempts that ran beyond the first time, of all units. */
  readonly count: number;
  /** How many the faults allow. */
  readonly bound: number;
  /** How many executions were in doubt, by what put them there. One may be in more than one. */
  readonly doubtful: ReadonlyMap<string, number>;
  /** Units that ran more often than what was in doubt can explain. */
  readonly unexplained: readonly UnitHistory[];
}

/**
 * How many attempts ran twice, and how many may have. The bound is counted from what the servers recorded: each
 * execution that was in doubt during a fault allows one more of its unit, and where the broker counts by sending again,
 * so does each fault until it ran again. Where the broker cannot replace a message in one step it also allows one more
 * of each unit that follows in the same task, since the successor may have been sent before its predecessor came again.
 * Each unit is held against its own bound, which is stricter than the sum.
 */
export function duplicatesOf(
  tasks: readonly TaskHistory[],
  windows: readonly Window[],
  lives: ReadonlyMap<string, Life>,
  traits: Traits,
): Duplicates {
  let count = 0;
  let bound = 0;
  const unexplained: UnitHistory[] = [];
  for (const { units } of tasks) {
    let inherited = 0;
    for (const unit of units) {
      const doubtful = unit.executions.filter((execution) =>
        windows.some((window) => isDoubtful(execution, window, lives)),
      );
      const copies =
        doubtful.length +
        (traits.countsBySending ? faultsWhileComingBack(unit, doubtful, windows) : 0) +
        (traits.delaysByMoving ? restartsWhileDelayed(unit, windows) : 0);
      const allowed = inherited + copies;
      if (!traits.atomicReplace) inherited += copies;
      const extra = Math.max(0, unit.executions.length - 1);
      count += extra;
      bound += allowed;
      if (extra > allowed) unexplained.push(unit);
    }
  }
  return { count, bound, doubtful: doubtfulBy(tasks, windows, lives), unexplained };
}

function doubtfulBy(
  tasks: readonly TaskHistory[],
  windows: readonly Window[],
  lives: ReadonlyMap<string, Life>,
): ReadonlyMap<string, number> {
  const executions = tasks.flatMap(({ units }) => units.flatMap((unit) => unit.executions));
  const counts = new Map<string, number>();
  for (const window of windows) {
    const inDoubt = executions.filter((execution) => isDoubtful(execution, window, lives)).length;
    counts.set(window.title, (counts.get(window.title) ?? 0) + inDoubt);
  }
  return counts;
}

/** How many faults there were between executions in doubt and those that came after them: each may have left two. */
function faultsWhileComingBack(
  { executions }: UnitHistory,
  doubtful: readonly Execution[],
  windows: readonly Window[],
): number {
  let count = 0;
  for (const { receivedAt, beganAt } of doubtful) {
    const next = executions.find((other) => other.beganAt > beganAt);
    if (next === undefined) continue;
    count += windows.filter(({ from, until }) => from <= next.beganAt && until >= receivedAt).length;
  }
  return count;
}

/** How many restarts of the broker there were between the time from which it was kept back and its first begin. */
function restartsWhileDelayed(
  { delayMs, readyAt, executions }: UnitHistory,
  windows: readonly Window[],
): number {
  const beganAt = executions[0]?.beganAt;
  if (delayMs === 0 || readyAt === undefined || beganAt === undefined) return 0;
  return windows.filter(
    ({ isRestartOfBroker, from, until }) =>
      isRestartOfBroker && from <= beganAt && until >= readyAt - delayMs,
  ).length;
}
