/** Stored results as core writes them, and a Go server: the texts of a task at each of its statuses. */
const result = (status: number, workflow: unknown = null): string =>
  JSON.stringify({
    Id: "task",
    Status: status,
    JsonResult: ["1"],
    RetryCount: 0,
    Workflow: workflow,
    Err: 'a text that only looks like "Status":5',
  });

export const sent = result(0);
export const running = result(1);

/** Statuses that may still change. */
export const unfinished: readonly string[] = [
  ...[0, 1, 2, 3].map((status) => result(status)),
  // A Go server stores success after each step of a workflow, so a step that waits or runs says it is not finished.
  result(4, [
    ["first", "success"],
    ["second", "waiting"],
  ]),
  result(4, [
    ["first", "success"],
    ["second", "running"],
  ]),
  "1",
  "",
];

/** Statuses that stand. */
export const finished: readonly string[] = [
  ...[4, 5, 6, 7].map((status) => result(status)),
  // No known writer puts spaces there, but JSON allows them.
  '{"Id":"task", "Status" : 4, "Workflow" : [["first", "success"]]}',
  result(5, [
    ["first", "failure"],
    ["second", "waiting"],
  ]),
];

/** A finished result that tells `who` stored it. */
export const finishedBy = (who: string): string => JSON.stringify({ Id: who, Status: 4, JsonResult: [] });
