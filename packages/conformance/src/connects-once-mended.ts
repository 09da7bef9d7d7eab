import assert from "node:assert/strict";
import { ErrorCode, YTaskError } from "@ytask/core/driver";

/** Connects a driver whose server cannot be used, which must reject with `Connection`, and again once it can be used. */
export async function connectsOnceMended(
  driver: { connect(): Promise<void> },
  mend: () => Promise<void>,
): Promise<void> {
  const wanted = "connect was to reject with a YTaskError `Connection`";
  const isRight = (error: unknown): true => {
    assert.ok(YTaskError.isInstance(error, ErrorCode.Connection), `${wanted}, not ${String(error)}`);
    return true;
  };
  await assert.rejects(driver.connect(), isRight, wanted);
  await mend();
  await driver.connect();
}
