import assert from "node:assert/strict";
import { bounded } from "@ytask/core/driver";

/** What the call settles to; fails where it does not settle in time. */
export const settles = <T>(call: string, promise: Promise<T>, boundMs: number): Promise<T> =>
  bounded(promise, boundMs, () => assert.fail(`${call} did not settle within ${boundMs} ms`));
