import assert from "node:assert/strict";
import { ErrorCode, YTaskError } from "@ytask/core/driver";

/** Fails where a connect resolves, or rejects with another error, which it names. */
export async function rejectsWithConnection(connecting: Promise<void>): Promise<void> {
  const wanted = "connect was to reject with a YTaskError `Connection`";
  const isRight = (error: unknown): true => {
    assert.ok(YTaskError.isInstance(error, ErrorCode.Connection), `${wanted}, not ${String(error)}`);
    return true;
  };
  await assert.rejects(connecting, isRight, wanted);
}
