/**
 * Runs a call of the driver with a signal that fires once `boundMs` are over and what had arrived by then was read: a
 * task that keeps the event loop busy makes timers fire before the answers that came meanwhile are read. The signal
 * destroys the call's connection, so that nothing of it is sent later. (`timeoutMS` has no effect in mongodb 7.9.)
 *
 * @param reason what the call rejects with when it took too long
 */
export async function withSignal<Value>(
  boundMs: number,
  reason: () => Error,
  call: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    immediate = setImmediate(() => controller.abort(reason()));
  }, boundMs);
  try {
    return await call(controller.signal);
  } finally {
    clearTimeout(timer);
    clearImmediate(immediate);
  }
}
