import { Status } from "@ytask/core";
import { type ResultFields, serializeResult } from "@ytask/core/wire";

/** Stored results as core and a Go server write them: the texts of a task at each of its statuses. */
const result = (status: Status, more: Partial<ResultFields> = {}): string =>
  serializeResult({
    id: "task",
    status,
    returned: ["1"],
    error: 'a text that only looks like "Status":5',
    ...more,
  });

/** As version 2 of the original stores it, without the steps of a workflow and the error. */
const version2 = (status: Status): string =>
  `{"Id":"task","Status":${status},"FuncReturn":["1"],"RetryCount":0}`;

/** The second life of a task that was given up. */
const redriven = { executionId: "4e6ed9a6-1b3c-4a52-9f0b-0c3a3d1f7a11" };

const first = { name: "first", status: "success" } as const;

export const sent = result(Status.Sent);
export const running = result(Status.FirstRunning);

/** Statuses that may still change. */
export const unfinished: readonly string[] = [
  sent,
  running,
  result(Status.WaitingRetry),
  result(Status.Running),
  result(Status.FirstRunning, redriven),
  version2(Status.FirstRunning),
  // A Go server stores success after each step of a workflow, so a step that is waiting or running means that it is not
  // finished.
  result(Status.Success, { workflow: [first, { name: "second", status: "waiting" }] }),
  result(Status.Success, { workflow: [first, { name: "second", status: "running" }] }),
  // The steps come after the values, however long these are.
  result(Status.Success, {
    returned: ["1".repeat(50_000)],
    workflow: [first, { name: "second", status: "waiting" }],
  }),
  "1",
  "",
];

/** Statuses that stand. */
export const finished: readonly string[] = [
  result(Status.Success),
  result(Status.Failure),
  result(Status.Expired),
  result(Status.Abort),
  result(Status.Success, redriven),
  version2(Status.Success),
  // No known writer puts spaces there, but JSON allows them.
  '{"Id":"task", "Status" : 4, "Workflow" : [["first", "success"]]}',
  result(Status.Failure, {
    workflow: [
      { name: "first", status: "failure" },
      { name: "second", status: "waiting" },
    ],
  }),
];

/** A finished result that says who stored it. */
export const finishedBy = (who: string): string =>
  serializeResult({ id: who, status: Status.Success, returned: [] });
