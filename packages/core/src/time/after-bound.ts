import { type Clock, systemClock, type Timer } from "./clock.js";

/** A timer that fires this much too late shows that the event loop was blocked, and answers may lie unread. */
const blockedMs = 50;
/** How long to wait for answers that came while the event loop was blocked. */
const secondChanceMs = 100;

/**
 * Calls `expire` once, when `boundMs` milliseconds are over, unless the timer that it returns is cancelled first. After
 * a task has kept the event loop busy, timers fire before the answers that came meanwhile are read. So if the event
 * loop was blocked at the bound, the answers get a moment more.
 */
export function afterBound(boundMs: number, expire: () => void, clock: Clock = systemClock): Timer {
  const dueMs = clock.elapsed() + boundMs;
  let timer = clock.after(boundMs, () => {
    if (clock.elapsed() - dueMs > blockedMs) timer = clock.after(secondChanceMs, expire);
    else expire();
  });
  return { cancel: () => timer.cancel() };
}
