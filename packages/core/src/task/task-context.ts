import type { Logger } from "../log/logger.js";

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
  /** The server's logger. Each line gets `id`, `group`, `name` and `attempt` beside the fields that it is given, which win. */
  readonly logger: Logger;
  /**
   * Ends this attempt; a retry follows where one is left, after `delayMs` or the task's backoff. Decides even where
   * the task catches what it throws; of several calls of `retry` and `abort` the first does. Write
   * `return context.retry(…)`.
   */
  retry(error?: unknown, options?: { readonly delayMs?: number | undefined }): never;
  /** Sets how many retries are left after this attempt; 0 for none. */
  setRetryCount(count: number): void;
  /** Ends the task, and a workflow with it, with status Abort. Decides even where the task catches what it throws. */
  abort(reason?: string): never;
}
