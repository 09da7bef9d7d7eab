import { ErrorCode, PermanentError, TimedOut, YTaskError } from "../errors.js";
import type { Message } from "../message.js";
import { valuesOf } from "../task/marks.js";
import type { RegisteredTask } from "../task/registry.js";
import { describeIssues } from "../task/standard-schema.js";
import type { Clock } from "../time/clock.js";
import { decodeValue } from "../values/decode.js";
import { encodeList } from "../values/encode.js";
import type { Execution } from "./execution.js";
import { ExecutionContext } from "./execution-context.js";

class Returned {
  readonly kind = "returned";

  constructor(readonly values: readonly string[]) {}
}

/** How an attempt ended. */
export type Ending =
  | Returned
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

/** How long a task may go on after its signal fired for a time limit, before it counts as ignoring the signal. */
const graceMs = 1_000;

/** What is needed for one run of a task's function. */
export class Run {
  constructor(
    readonly execution: Execution,
    readonly task: RegisteredTask,
    readonly clock: Clock,
    /** Its time limit; undefined for none. */
    readonly timeoutMs: number | undefined,
    /** Called if the function goes on after its ending was decided, with a promise of its real end. */
    readonly onLate: (execution: Execution, timeoutMs: number, end: Promise<void>) => void,
  ) {}
}

/** Runs the task of an execution, within its time limit. */
export function runTask(run: Run): Ending | Promise<Ending> {
  const { execution, task, timeoutMs } = run;
  try {
    execution.args = decodeArguments(execution.message);
  } catch (error) {
    return { kind: "failed", error, isPermanent: true };
  }
  const ending = task.options.schema === undefined ? callTask(run) : checkAndCallTask(run);
  return ending instanceof Promise && timeoutMs !== undefined ? withLimit(run, timeoutMs, ending) : ending;
}

/** The arguments that were sent. Throws if they cannot be read. */
export const decodeArguments = ({ args }: Message): readonly unknown[] =>
  args.map((text, index) => decodeValue(text, "args", index));

async function checkAndCallTask(run: Run): Promise<Ending> {
  const { execution, task } = run;
  try {
    const outcome = await task.options.schema?.["~standard"].validate(execution.args);
    if (outcome?.issues !== undefined) {
      const issues = describeIssues(outcome.issues);
      const error = new PermanentError(`the arguments do not match the schema of the task: ${issues}`);
      return { kind: "failed", error, isPermanent: true };
    }
    if (!Array.isArray(outcome?.value))
      throw new PermanentError("the schema of the task gives no list of arguments");
    execution.args = outcome.value;
  } catch (error) {
    return endingOfThrow(execution, error);
  }
  // What happened while the arguments were checked takes precedence over the call.
  const decided = endingOfDecision(execution) ?? endingOfLimit(run);
  if (decided !== undefined) return decided;
  // Another server runs it, or is about to.
  return execution.isReleased || execution.isLost ? { kind: "released" } : callTask(run);
}

function callTask(run: Run): Ending | Promise<Ending> {
  const { execution, task } = run;
  const onReturn = (value: unknown) =>
    endingOfDecision(execution) ?? endingOfLimit(run) ?? endingOfReturn(value);
  const onThrow = (error: unknown) => {
    const ending = endingOfThrow(execution, error);
    // The reason why the signal fired says more than what was thrown since. But a task may still rule out a retry.
    const isRetried = ending.kind === "failed" && !ending.isPermanent && execution.decision === undefined;
    return isRetried ? (endingOfLimit(run) ?? ending) : ending;
  };
  try {
    const args = execution.args ?? [];
    // Called without an object: a method that lost its own object must not get the registry's entry as `this`.
    const { run: call } = task;
    const returned = task.takesContext ? call(new ExecutionContext(execution), ...args) : call(...args);
    return isThenable(returned) ? Promise.resolve(returned).then(onReturn, onThrow) : onReturn(returned);
  } catch (error) {
    return onThrow(error);
  }
}

/** A value that throws when asked for `then` is no promise: it is refused as a value that cannot cross. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== "object" || value === null) return false;
  try {
    return "then" in value && typeof value.then === "function";
  } catch {
    return false;
  }
}

/** Fires the signal at the limit; a task that still goes on after the grace has failed, and will not be tried again. */
function withLimit(
  { execution, clock, onLate }: Run,
  timeoutMs: number,
  ending: Promise<Ending>,
): Promise<Ending> {
  return new Promise((resolve) => {
    let timer = clock.after(timeoutMs, () => {
      execution.isOverdue = true;
      execution.fire(new TimedOut(`the task ${execution.name} ran into its limit of ${timeoutMs} ms`));
      timer = clock.after(graceMs, () => {
        onLate(
          execution,
          timeoutMs,
          ending.then(() => undefined),
        );
        resolve(endingOfDecision(execution) ?? endingOfLateness(timeoutMs));
      });
    });
    // Otherwise the timer would keep the process alive after its server's shutdown.
    execution.onGivenBack = () => timer.cancel();
    void ending.then((value) => {
      timer.cancel();
      resolve(value);
    });
  });
}

function endingOfLateness(timeoutMs: number): Ending {
  const error = new YTaskError(
    ErrorCode.TimeOut,
    `the task ran for more than its limit of ${timeoutMs} ms and did not stop when its signal fired; ` +
      "it is not tried again, since it still runs",
  );
  return { kind: "failed", error, isPermanent: true };
}

/** The failure of a task that took longer than its limit. */
function endingOfLimit({ execution, clock, timeoutMs }: Run): Ending | undefined {
  if (timeoutMs === undefined) return undefined;
  const tookMs = clock.elapsed() - execution.startedAt;
  // A task may be over its limit without the timer: where it blocks the event loop. Or the timer may be early.
  if (!execution.isOverdue && tookMs <= timeoutMs) return undefined;
  const error = new TimedOut(`the task ${execution.name} took ${tookMs} ms; its limit is ${timeoutMs} ms`);
  return { kind: "failed", error, isPermanent: false };
}

function endingOfReturn(returned: unknown): Ending {
  try {
    return new Returned(encodeList(valuesOf(returned), "returned"));
  } catch (error) {
    return { kind: "failed", error, isPermanent: true };
  }
}

function endingOfThrow(execution: Execution, error: unknown): Ending {
  const decided = endingOfDecision(execution);
  if (decided !== undefined) return decided;
  const isPermanent = PermanentError.isInstance(error);
  // What a task throws after the shutdown's signal fired does not count, unless no later attempt could succeed.
  if (execution.isReleased && !isPermanent) return { kind: "released" };
  return { kind: "failed", error, isPermanent };
}

/** What the client or the task itself decided takes precedence over what the function did. */
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
