import { ErrorCode, YTaskError } from "../errors.js";
import type { Result } from "../results/result.js";
import { Status } from "../results/status.js";

/** The task did not succeed: `status` says whether it failed, expired or was aborted, `result` holds the rest. */
export class TaskFailed extends YTaskError<100> {
  static override readonly kind: string = "TaskFailed";
  override readonly name = "TaskFailed";
  readonly status: Status;
  readonly result: Result;

  constructor(result: Result) {
    const what = ended.get(result.status) ?? "did not succeed";
    super(
      ErrorCode.TaskFailed,
      `task ${result.id} ${what}${result.error === undefined ? "" : `: ${result.error}`}`,
    );
    this.status = result.status;
    this.result = result;
  }
}

const ended: ReadonlyMap<Status, string> = new Map([
  [Status.Failure, "failed"],
  [Status.Expired, "expired while it waited to be run"],
  [Status.Abort, "was aborted"],
]);
