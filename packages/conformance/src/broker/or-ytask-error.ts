import assert from "node:assert/strict";
import { YTaskError } from "@ytask/core/driver";

/** Settles with the call, and rejects only where that rejects with what is not a YTaskError. */
export const orYTaskError = (name: string, call: Promise<unknown>): Promise<void> =>
  call.then(
    () => {},
    (error: unknown) =>
      assert.ok(
        YTaskError.isInstance(error),
        `${name} was to reject with a YTaskError, not ${String(error)}`,
      ),
  );
