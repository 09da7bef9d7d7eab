import { errorFields } from "../log/error-fields.js";
import { Result, type ResultFields } from "../results/result.js";
import { Status } from "../results/status.js";
import type { Execution } from "./execution.js";
import { decodeArguments } from "./run-task.js";

/** Calls the callback of a task that finished here. The callback can do no harm: what it throws is logged. */
export async function callOnComplete(execution: Execution, stored: ResultFields): Promise<void> {
  const { task, logger } = execution;
  if (task?.options.onComplete === undefined) return;
  // The types of result and arguments are those of the task that the callback was registered with.
  const onComplete = task.options.onComplete as (result: Result, ...args: readonly unknown[]) => unknown;
  try {
    // A task that expired or was aborted before it started was never given its arguments.
    const args = execution.args ?? decodeArguments(execution.message);
    await onComplete(resultForCallback(execution, stored), ...args);
  } catch (error) {
    logger.error("the onComplete of a task threw; this changes nothing else", {
      id: execution.id,
      group: execution.group,
      name: execution.name,
      ...errorFields(error),
    });
  }
}

/** While a workflow goes on, the callback sees only the steps so far: so the success of a step reads as success. */
function resultForCallback({ step }: Execution, stored: ResultFields): Result {
  if (stored.status !== Status.Sent) return new Result(stored);
  return new Result({ ...stored, status: Status.Success, workflow: stored.workflow?.slice(0, step + 1) });
}
