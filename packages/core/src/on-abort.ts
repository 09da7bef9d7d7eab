/** What is to be called for each signal that somebody waits for. */
const calls = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `call` when the signal fires. However many wait for one signal, it has one listener: for each more, Node looks
 * through all that there are, and warns of a leak.
 *
 * @returns takes it back
 */
export function onAbort(signal: AbortSignal, call: () => void): () => void {
  const known = calls.get(signal);
  const all = known ?? listenTo(signal);
  all.add(call);
  return () => void all.delete(call);
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const all = new Set<() => void>();
  calls.set(signal, all);
  signal.addEventListener("abort", () => [...all].forEach((call) => void call()), { once: true });
  return all;
}
