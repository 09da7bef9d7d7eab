import type { Result } from "../results/result.js";
import type { Status } from "../results/status.js";

/** Limits of a wait for a result. */
export interface WaitOptions {
  /** Milliseconds until the wait gives up; 0 looks once, and gives the backend 5 s to answer. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** The longest pause between two looks at the backend, in milliseconds. Default 300. */
  readonly pollIntervalMs?: number | undefined;
  /** Ends the wait, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A task that was sent. Take it apart by name, as in `const { value } = task`: its methods are getters, which a spread
 * (`{ ...task }`) leaves out.
 */
export interface TaskHandle<Value = unknown, Values extends readonly unknown[] = readonly unknown[]> {
  readonly id: string;
  /**
   * What the task returned: undefined, the value, or a tuple, for none, one or several values.
   * @throws TaskFailed if it failed, expired or was aborted; otherwise as `result`
   */
  value(options?: WaitOptions): Promise<Value>;
  /**
   * The result, once it is finished.
   * @throws TimedOut at the bound; its `cause` says why the backend could not be read, where it could not. YTaskError
   * `NilBackend` if no results are kept, `Closed` if the client was closed or is closed meanwhile, `InvalidArgument` for
   * a bad option. The signal's reason, if the signal fires
   */
  result(options?: WaitOptions): Promise<Result<Values>>;
  /** The task's status; undefined if nothing is stored. Throws as `client.getStatus`. */
  status(): Promise<Status | undefined>;
  /** Aborts the task, as `client.abort` does. Throws as that. */
  abort(): Promise<void>;
}
