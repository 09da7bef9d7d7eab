import type { Clock } from "../clock.js";
import { ErrorCode, PermanentError, TimedOut, YTaskError } from "../errors.js";
import { describeIssue } from "../standard-schema.js";
import { decodeValue } from "../values/decode.js";
import { encodeList } from "../values/encode.js";
import { valuesOf } from "../with.js";
import type { Execution } from "./execution.js";
import { ExecutionContext } from "./task-context.js";

/** How an attempt ended. */
export type Ending =
  | { readonly kind: "returned"; readonly values: readonly string[] }
  /** `isPermanent`: no retry can mend it. */
  | {
      readonly kind: "failed";
      readonly error: unknown;
      readonly isPermanent: boolean;
      readonly delayMs?: number | undefined;
    }
  | { readonly kind: "aborted"; readonly reason: string | undefined }
  | { readonly kind: "expired" }
  /** The server is shutting down: the attempt does not count. */
  | { readonly kind: "released" };

/** How long a task may go on after its signal fired for a time limit, before it counts as one that ignores it. */
const graceMs = 1_000;

/**
 * Runs the task of an execution, within its time limit.
 *
 * @param onLate called where the task goes on after its ending was decided, with a promise of its real end
 */
export function runTask(
  execution: Execution,
  clock: Clock,
  timeoutMs: number | undefined,
  onLate: (end: Promise<void>) => void,
): Ending | Promise<Ending> {
  const { task } = execution;
  if (task === undefined) throw new Error("an execution without a task cannot be run");
  let args: readonly unknown[];
  try {
    args = execution.message.args.map((text, index) => decodeValue(text, `args[${index}]`));
  } catch (error) {
    return { kind: "failed", error, isPermanent: true };
  }
  if (task.options.schema !== undefined) return runChecked(execution, clock, timeoutMs, onLate, args);
  return runWith(execution, clock, timeoutMs, onLate, args);
}

async function runChecked(
  execution: Execution,
  clock: Clock,
  timeoutMs: number | undefined,
  onLate: (end: Promise<void>) => void,
  args: readonly unknown[],
): Promise<Ending> {
  let checked: readonly unknown[];
  try {
    const outcome = await execution.task?.options.schema?.["~standard"].validate(args);
    if (outcome?.issues !== undefined) {
      const issues = outcome.issues.map(describeIssue).join("; ");
      const error = new PermanentError(`the arguments do not match the schema of the task: ${issues}`);
      return { kind: "failed", error, isPermanent: true };
    }
    checked = outcome?.value ?? args;
  } catch (error) {
    return { kind: "failed", error, isPermanent: false };
  }
  return runWith(execution, clock, timeoutMs, onLate, checked);
}

function runWith(
  execution: Execution,
  clock: Clock,
  timeoutMs: number | undefined,
  onLate: (end: Promise<void>) => void,
  args: readonly unknown[],
): Ending | Promise<Ending> {
  const { task } = execution;
  execution.args = args;
  const endedBy = (settle: () => Ending): Ending => {
    const tookMs = clock.now() - execution.startedAt;
    if (timeoutMs !== undefined && tookMs > timeoutMs && execution.decision === undefined)
      return { kind: "failed", error: tooLong(execution, timeoutMs, tookMs), isPermanent: false };
    return settle();
  };
  try {
    const returned = task?.takesContext
      ? task.run(new ExecutionContext(execution), ...args)
      : task?.run(...args);
    if (!isThenable(returned)) return endedBy(() => endingOfReturn(execution, returned));
    const ending = Promise.resolve(returned).then(
      (value) => endedBy(() => endingOfReturn(execution, value)),
      (error) => endedBy(() => endingOfThrow(execution, error)),
    );
    return timeoutMs === undefined ? ending : withLimit(execution, clock, timeoutMs, ending, onLate);
  } catch (error) {
    return endedBy(() => endingOfThrow(execution, error));
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";

/** Fires the signal at the limit; a task that still goes on after the grace has failed, and will not be tried again. */
function withLimit(
  execution: Execution,
  clock: Clock,
  timeoutMs: number,
  ending: Promise<Ending>,
  onLate: (end: Promise<void>) => void,
): Promise<Ending> {
  return new Promise((resolve) => {
    let timer = clock.after(timeoutMs, () => {
      execution.fire(new TimedOut(`the task ${execution.name} ran into its limit of ${timeoutMs} ms`));
      timer = clock.after(graceMs, () => {
        onLate(ending.then(() => undefined));
        const error = new YTaskError(
          ErrorCode.TimeOut,
          `the task ran for more than its limit of ${timeoutMs} ms and did not stop when its signal fired; ` +
            "it is not tried again, since it still runs",
        );
        resolve({ kind: "failed", error, isPermanent: true });
      });
    });
    void ending.then((value) => {
      timer.cancel();
      resolve(value);
    });
  });
}

function tooLong(execution: Execution, timeoutMs: number, tookMs: number): TimedOut {
  return new TimedOut(`the task ${execution.name} took ${tookMs} ms; its limit is ${timeoutMs} ms`);
}

function endingOfReturn(execution: Execution, returned: unknown): Ending {
  const decided = endingOfDecision(execution);
  if (decided !== undefined) return decided;
  try {
    return { kind: "returned", values: encodeList(valuesOf(returned), "returned") };
  } catch (error) {
    return { kind: "failed", error, isPermanent: true };
  }
}

function endingOfThrow(execution: Execution, error: unknown): Ending {
  const decided = endingOfDecision(execution);
  if (decided !== undefined) return decided;
  if (execution.isReleased) return { kind: "released" };
  return { kind: "failed", error, isPermanent: PermanentError.isInstance(error) };
}

/** What the client or the task itself decided comes before what the function did. */
function endingOfDecision(execution: Execution): Ending | undefined {
  if (execution.isAborted) return { kind: "aborted", reason: undefined };
  const { decision } = execution;
  if (decision?.kind === "abort") return { kind: "aborted", reason: decision.reason };
  if (decision?.kind === "retry") {
    const error = decision.error ?? new YTaskError(ErrorCode.TaskFailed, "the task asked for a retry");
    return {
      kind: "failed",
      error,
      isPermanent: PermanentError.isInstance(error),
      delayMs: decision.delayMs,
    };
  }
  return undefined;
}
