import { Status } from "../results/status.js";

/** What can happen to a task. */
export type Happening =
  | "started"
  | "succeeded"
  | "stepSucceeded"
  | "retried"
  | "failed"
  | "expired"
  | "aborted"
  | "redriven";

/** A row of the table: what happens to a task in one of the statuses `from`, and the status that it gets. */
export interface TransitionRow {
  readonly happening: Happening;
  readonly from: readonly Status[];
  readonly to: Status;
  readonly when: string;
}

const { Sent, FirstRunning, WaitingRetry, Running, Success, Failure, Expired, Abort } = Status;

/** Every change that a task's status can make. docs/task-states.md is checked against it, and says who makes which. */
export const transitions: readonly TransitionRow[] = [
  { happening: "started", from: [Sent], to: FirstRunning, when: "a server starts the first attempt" },
  { happening: "started", from: [WaitingRetry], to: Running, when: "a server starts a further attempt" },
  {
    happening: "succeeded",
    from: [FirstRunning, Running],
    to: Success,
    when: "the task, or the last step of a workflow, returned",
  },
  {
    happening: "stepSucceeded",
    from: [FirstRunning, Running],
    to: Sent,
    when: "a step of a workflow returned, and the next one is sent",
  },
  {
    happening: "retried",
    from: [FirstRunning, Running],
    to: WaitingRetry,
    when: "the attempt failed, and a retry is left",
  },
  {
    happening: "failed",
    from: [FirstRunning, Running],
    to: Failure,
    when: "the attempt failed, and no retry is left or allowed",
  },
  {
    happening: "failed",
    from: [Sent, WaitingRetry],
    to: Failure,
    when: "it could not be started: unknown, too large, malformed, or redelivered too often",
  },
  {
    happening: "expired",
    from: [Sent, WaitingRetry],
    to: Expired,
    when: "its expiry passed before the attempt started",
  },
  {
    happening: "aborted",
    from: [Sent, WaitingRetry, FirstRunning, Running],
    to: Abort,
    when: "the client aborted it, or it aborted itself",
  },
  { happening: "redriven", from: [Failure], to: Sent, when: "its dead letter was sent again" },
];

/** The table, by what happens and by the status before. */
const after = new Map<Happening, Map<Status, Status>>();
for (const { happening, from, to } of transitions) {
  const byStatus = after.get(happening) ?? new Map<Status, Status>();
  for (const status of from) byStatus.set(status, to);
  after.set(happening, byStatus);
}

/** The status of a task after something happened to it. */
export function statusAfter(happening: Happening, from: Status): Status {
  const status = after.get(happening)?.get(from);
  if (status !== undefined) return status;
  throw new Error(`a task in status ${from} cannot be ${happening}: the transition table has no such row`);
}
