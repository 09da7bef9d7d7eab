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

/** Calls `attempt` again and again until it resolves, as what works again after an outage does. */
export const untilSucceeds = (what: string, attempt: () => Promise<unknown>): Promise<void> =>
  waitUntil(what, () =>
    attempt().then(
      () => true,
      () => false,
    ),
  );
