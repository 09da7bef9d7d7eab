import assert from "node:assert/strict";
import { bounded } from "@ytask/core/driver";

/** Settles as the call does; fails if it does not settle in time. */
export const settles = <T>(call: string, promise: Promise<T>, boundMs: number): Promise<T> =>
  awaitedLater(bounded(promise, boundMs, () => assert.fail(`${call} did not settle within ${boundMs} ms`)));

/**
 * For a promise that a test awaits only after other calls: if one of these fails first, the promise's own rejection
 * goes unheard.
 */
export function awaitedLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
