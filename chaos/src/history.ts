import { type Plan, type Unit, unitsOf } from "./plan.js";
import type { Sent } from "./producer.js";
import type { Execution } from "./records.js";

/** What happened to one unit of a task. */
export interface UnitHistory extends Unit {
  /** From when on it could begin, at the earliest; undefined where the unit before it never ended. */
  readonly readyAt: number | undefined;
  /** The earliest first. */
  readonly executions: readonly Execution[];
  /** When its function first ended; undefined where it never did. */
  readonly endedAt: number | undefined;
}

/** What happened to one task. */
export interface TaskHistory {
  readonly sent: Sent;
  readonly units: readonly UnitHistory[];
}

/** Puts together what was sent and what ran. */
export function historiesOf(sent: readonly Sent[], executions: readonly Execution[]): readonly TaskHistory[] {
  const byUnit = new Map<string, Execution[]>();
  for (const execution of executions) {
    const key = keyOf(execution);
    const same = byUnit.get(key);
    if (same === undefined) byUnit.set(key, [execution]);
    else same.push(execution);
  }
  return sent.map((one) => ({ sent: one, units: historyOf(one.plan, one.from, byUnit) }));
}

const keyOf = ({ number, step, attempt }: Omit<Unit, "delayMs">): string => `${number}/${step}/${attempt}`;

function historyOf(
  plan: Plan,
  sentAt: number,
  byUnit: ReadonlyMap<string, readonly Execution[]>,
): readonly UnitHistory[] {
  let before: number | undefined = sentAt;
  return unitsOf(plan).map((unit) => {
    const executions = [...(byUnit.get(keyOf(unit)) ?? [])].sort((one, other) => one.beganAt - other.beganAt);
    const ends = executions.flatMap(({ endedAt }) => endedAt ?? []);
    const readyAt: number | undefined = before === undefined ? undefined : before + unit.delayMs;
    before = ends.length === 0 ? undefined : Math.min(...ends);
    return { ...unit, readyAt, executions, endedAt: before };
  });
}

/** Whether all of a task has run. */
export const hasRun = ({ units }: TaskHistory): boolean =>
  units.every(({ endedAt }) => endedAt !== undefined);
