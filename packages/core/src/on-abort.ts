/** The functions to call for each signal. */
const calls = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `call` when the signal fires. However many wait for one signal, it has only one listener: with each further
 * listener, Node searches all existing ones, and warns of a leak.
 *
 * @returns a function that takes it back
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
