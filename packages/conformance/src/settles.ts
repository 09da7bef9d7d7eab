import assert from "node:assert/strict";
import { bounded } from "@ytask/core/driver";

/** What the call settles to; fails where it does not settle in time. */
export const settles = <T>(call: string, promise: Promise<T>, boundMs: number): Promise<T> =>
  awaitedLater(bounded(promise, boundMs, () => assert.fail(`${call} did not settle within ${boundMs} ms`)));

/** For a promise that a test awaits only after other calls: where one of these fails first, nobody hears of it. */
export function awaitedLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
