import { checkOptions, invalid, rules } from "../check-options.js";
import { type Logger, withFields } from "../log/logger.js";
import type { TaskContext } from "../task/task-context.js";
import type { Execution } from "./execution.js";

/** Thrown by `retry` and `abort` to end the task's function. */
export class TaskEnded extends Error {
  override readonly name = "TaskEnded";
}

/** The context of an execution. Its methods work without `this`, because tasks take their context apart. */
export class ExecutionContext implements TaskContext {
  readonly #execution: Execution;
  /** Made when it is first asked for: most tasks log nothing. */
  #logger: Logger | undefined;

  constructor(execution: Execution) {
    this.#execution = execution;
  }

  get id(): string {
    return this.#execution.id;
  }
  get group(): string {
    return this.#execution.group;
  }
  get name(): string {
    return this.#execution.name;
  }
  get attempt(): number {
    return this.#execution.attempt;
  }
  get retriesLeft(): number {
    return this.#execution.retriesLeft;
  }
  get signal(): AbortSignal {
    return this.#execution.signal;
  }
  get logger(): Logger {
    const { id, group, name, attempt } = this;
    this.#logger ??= withFields(this.#execution.logger, { id, group, name, attempt });
    return this.#logger;
  }

  readonly retry = (error?: unknown, options: { readonly delayMs?: number | undefined } = {}): never => {
    checkOptions(options, { delayMs: rules.delay }, "context.retry: options");
    this.#execution.decision ??= { kind: "retry", error, delayMs: options.delayMs };
    throw new TaskEnded("the task asked for a retry; this error only ends its function");
  };

  readonly setRetryCount = (count: number): void => {
    const wanted = rules.count(count);
    if (wanted !== undefined) throw invalid(`context.setRetryCount: the count must be ${wanted}`);
    this.#execution.retriesSet = count;
  };

  readonly abort = (reason?: string): never => {
    this.#execution.decision ??= { kind: "abort", reason };
    throw new TaskEnded("the task aborted itself; this error only ends its function");
  };
}
