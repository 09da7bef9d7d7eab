import type { Result } from "../results/result.js";
import type { Status } from "../results/status.js";

/** How a wait for a result ends at the latest. */
export interface WaitOptions {
  /** Milliseconds until the wait gives up; 0 looks once, for which the backend has 5 s. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** The longest pause between two looks at the backend, in milliseconds. Default 300. */
  readonly pollIntervalMs?: number | undefined;
  /** Ends the wait; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A task that was sent. */
export interface TaskHandle<Value = unknown, Values extends readonly unknown[] = readonly unknown[]> {
  readonly id: string;
  /**
   * What the task returned: undefined, the value, or a tuple, for none, one or several values.
   * @throws TaskFailed where it failed, expired or was aborted; else as `result`
   */
  value(options?: WaitOptions): Promise<Value>;
  /**
   * The result, once it is finished.
   * @throws TimedOut at the wait's bound; YTaskError `NilBackend` where no results are kept, `Closed` where the client
   * is closed meanwhile, `Connection` or `Backend` where the backend could not be read until the bound
   */
  result(options?: WaitOptions): Promise<Result<Values>>;
  /** Where it stands; undefined where nothing is stored. */
  status(): Promise<Status | undefined>;
  /** Aborts it, as `client.abort` does. */
  abort(): Promise<void>;
}
