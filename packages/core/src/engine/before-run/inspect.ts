import { mapPacked } from "../../collections/map-packed.js";
import { abortKey, resultKey } from "../../keys.js";
import type { Result } from "../../results/result.js";
import type { ResultStore } from "../../results/result-store.js";
import { readResult } from "../../results/result-text.js";
import { isStepAmbiguous } from "../../workflow.js";
import type { Execution } from "../execution.js";

/** What the backend knows of a delivery before it runs. */
export interface Known {
  readonly isAborted: boolean;
  /** The stored result, if it had to be looked up. */
  readonly result: Result | undefined;
}

const nothing: Known = { isAborted: false, result: undefined };

/**
 * Reads what is stored for a batch, in one call: the abort flag of each delivery, and the results of those that were
 * delivered before, or whose workflow step only the result can tell. If the backend cannot be read, nothing is known
 * and the tasks run: running a task matters more than its result.
 */
export async function inspect(
  executions: readonly Execution[],
  store: ResultStore | undefined,
): Promise<readonly Known[]> {
  if (store === undefined) return mapPacked(executions, () => nothing);
  const needsResult = mapPacked(
    executions,
    ({ delivery, message, group }) => delivery.redeliveries > 0 || isStepAmbiguous(message, group),
  );
  const keys = mapPacked(executions, ({ id }) => abortKey(id));
  executions.forEach(({ id }, index) => {
    if (needsResult[index]) keys.push(resultKey(id));
  });
  const values = await store.get(keys);
  if (values === undefined) return mapPacked(executions, () => nothing);
  let nextResult = executions.length;
  return mapPacked(executions, (_, index) => {
    const result = needsResult[index] ? readResult(values[nextResult++]) : undefined;
    const isAborted = isAbortFlag(values[index]);
    return isAborted || result !== undefined ? { isAborted, result } : nothing;
  });
}

/** An abort flag is a result whose id is `Abort:<id>`; the value that clears a flag is not. */
export const isAbortFlag = (value: string | undefined): boolean => value?.includes('"Abort:') ?? false;
