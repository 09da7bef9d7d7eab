import type { Logger } from "../log/logger.js";

/**
 * What a task made by `withContext` gets before its arguments. Take it apart by name, as in
 * `const { id, signal } = context`: its properties are getters, which a spread (`{ ...context }`) leaves out.
 */
export interface TaskContext {
  readonly id: string;
  readonly group: string;
  readonly name: string;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /** Retries left after this attempt. */
  readonly retriesLeft: number;
  /**
   * Fires when the task should stop: aborted, out of time, its lease lost, or the server shutting down. The signal's
   * reason is an error that says which.
   */
  readonly signal: AbortSignal;
  /** The server's logger. Each line gets `id`, `group`, `name` and `attempt` beside the fields that it is given, which win. */
  readonly logger: Logger;
  /**
   * Ends this attempt; if a retry is left, it follows after `delayMs` or the task's backoff. Holds even if the task
   * catches what this throws; of several calls of `retry` and `abort`, the first counts. Write
   * `return context.retry(…)`.
   *
   * @throws YTaskError `InvalidArgument` for a bad option; otherwise an error that only ends the task's function
   */
  retry(error?: unknown, options?: { readonly delayMs?: number | undefined }): never;
  /**
   * Sets how many retries are left after this attempt; 0 for none.
   * @throws YTaskError `InvalidArgument` if `count` is not a whole number of at least 0
   */
  setRetryCount(count: number): void;
  /** Ends the task, and a workflow with it, with status Abort. Holds even if the task catches what this throws. */
  abort(reason?: string): never;
}
