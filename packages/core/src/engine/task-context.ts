import { invalid, rules } from "../check-options.js";
import type { Logger } from "../logger.js";
import type { Execution } from "./execution.js";

/** What a task made by `withContext` gets before its arguments. */
export interface TaskContext {
  readonly id: string;
  readonly group: string;
  readonly name: string;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /** Retries left after this attempt. */
  readonly retriesLeft: number;
  /** Fires when the task should stop: aborted, out of time, its lease lost, the server shutting down. Its reason is an error that says which. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /**
   * Ends this attempt; a retry follows where one is left, after `delayMs` or the task's backoff. Decides even where
   * the task catches what it throws. Write `return context.retry(…)`.
   */
  retry(error?: unknown, options?: { readonly delayMs?: number | undefined }): never;
  /** Sets how many retries are left after this attempt; 0 for none. */
  setRetryCount(count: number): void;
  /** Ends the task, and a workflow with it, with status Abort. Decides even where the task catches what it throws. */
  abort(reason?: string): never;
}

/** What `retry` and `abort` throw, to end the task's function. */
export class TaskEnded extends Error {
  override readonly name = "TaskEnded";
}

/** The context of an execution. */
export class ExecutionContext implements TaskContext {
  readonly #execution: Execution;

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
    return this.#execution.logger;
  }

  retry(error?: unknown, options: { readonly delayMs?: number | undefined } = {}): never {
    const { delayMs } = options;
    const wanted = delayMs === undefined ? undefined : rules.delay(delayMs);
    if (wanted !== undefined) throw invalid(`context.retry: delayMs must be ${wanted}`);
    this.#execution.decision ??= { kind: "retry", error, delayMs };
    throw new TaskEnded("the task asked for a retry; this error only ends its function");
  }

  setRetryCount(count: number): void {
    const wanted = rules.count(count);
    if (wanted !== undefined) throw invalid(`context.setRetryCount: the count must be ${wanted}`);
    this.#execution.retriesSet = count;
  }

  abort(reason?: string): never {
    this.#execution.decision ??= { kind: "abort", reason };
    throw new TaskEnded("the task aborted itself; this error only ends its function");
  }
}
