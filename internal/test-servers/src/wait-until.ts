import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks `check` again and again until it answers true.
 *
 * @throws Error that names `what` after `timeoutMs`, 60 seconds by default.
 */
export const waitUntil = async (
  what: string,
  check: () => boolean | Promise<boolean>,
  { timeoutMs = 60_000, intervalMs = 20 } = {},
): Promise<void> => {
  const deadline = performance.now() + timeoutMs;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain until ${what}`);
    await sleep(intervalMs);
  }
};

/**
 * Calls `attempt` again and again until it resolves, as what works again after an outage does. Resolves to what it
 * resolved to.
 */
export const untilSucceeds = async <Value>(what: string, attempt: () => Promise<Value>): Promise<Value> => {
  const values: Value[] = [];
  await waitUntil(what, () =>
    attempt().then(
      (value) => values.push(value) > 0,
      () => false,
    ),
  );
  return values[0] as Value; // waitUntil resolves once there is one
};
