/** Ends a bound. */
export type Cancel = () => void;

/**
 * Calls `expire` once `boundMs` are over and what had arrived by then was read. A task that keeps the event loop busy
 * makes timers fire before the answers that came meanwhile are read; those answers are not late.
 */
export function bound(boundMs: number, expire: () => void): Cancel {
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    immediate = setImmediate(expire);
  }, boundMs);
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}
