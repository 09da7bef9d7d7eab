import { ErrorCode, YTaskError } from "@ytask/core/driver";

/** The connection broke, or the time was over, while a call was pending: the call may have happened. */
export class CallBrokeOff extends YTaskError<103> {
  constructor(message: string, cause?: unknown) {
    super(ErrorCode.Connection, message, { cause });
  }
}
