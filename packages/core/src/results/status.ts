/** The status of a task. The numbers are the Go original's. */
export const Status = {
  /** In the queue, or kept back until it is due; for a workflow, between two steps. */
  Sent: 0,
  /** Running for the first time. */
  FirstRunning: 1,
  /** Failed once or more, and kept back until its next attempt is due. */
  WaitingRetry: 2,
  /** Running again. */
  Running: 3,
  /** Finished, with its values. For a workflow: its last step. */
  Success: 4,
  /** Finished: it failed, and no retry is left or allowed. */
  Failure: 5,
  /** Finished: it was not started before its expiry. */
  Expired: 6,
  /** Finished: it was aborted. */
  Abort: 7,
} as const;
export type Status = (typeof Status)[keyof typeof Status];

/** The state of a workflow's step. The words are the Go original's. */
export type StepState = "waiting" | "running" | "success" | "failure" | "expired" | "abort";

/** A step of a workflow, as a result tells it. */
export interface WorkflowState {
  readonly name: string;
  readonly status: StepState;
}
