import { ErrorCode, YTaskError } from "../errors.js";

/** Some tasks of a `sendMany` were not confirmed. */
export class SendManyFailed extends YTaskError<7> {
  static override readonly kind: string = "SendManyFailed";
  override readonly name = "SendManyFailed";
  /** The indices of the tasks that are stored; they will run. */
  readonly sent: readonly number[];
  /** The indices of those that were not confirmed; each may be stored all the same. */
  readonly failed: readonly number[];

  constructor(sent: readonly number[], failed: readonly number[], cause: YTaskError) {
    super(
      ErrorCode.SendMessage,
      `${failed.length} of ${sent.length + failed.length} tasks were not confirmed: ${cause.message}`,
      {
        cause,
      },
    );
    this.sent = sent;
    this.failed = failed;
  }
}
