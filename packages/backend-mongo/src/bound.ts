import { afterBound } from "@ytask/core/driver";

/**
 * Runs a call of the driver with a signal that fires once `boundMs` are over, as `afterBound` counts them. The signal
 * destroys the call's connection, so that nothing of it is sent later. (`timeoutMS` has no effect in mongodb 7.9.)
 *
 * @param reason what the call rejects with if it takes too long
 */
export async function withSignal<Value>(
  boundMs: number,
  reason: () => Error,
  call: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const timer = afterBound(boundMs, () => controller.abort(reason()));
  try {
    return await call(controller.signal);
  } finally {
    timer.cancel();
  }
}
