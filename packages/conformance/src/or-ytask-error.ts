import assert from "node:assert/strict";
import { YTaskError } from "@ytask/core/driver";

/** What the call resolves to; undefined if it rejects with a YTaskError. Fails if it rejects with another error. */
export const orYTaskError = <T>(name: string, call: Promise<T>): Promise<T | undefined> =>
  call.catch((error: unknown) => {
    assert.ok(YTaskError.isInstance(error), `${name} was to reject with a YTaskError, not ${String(error)}`);
    return undefined;
  });
