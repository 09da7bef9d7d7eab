import type { Backend } from "../backend.js";
import { bounded } from "../time/bounded.js";
import { callBackend, type HeldBackend } from "./call-backend.js";

/** What reading a key gave: its value, undefined if there is none, or why it could not be read. */
export type Reading = PromiseSettledResult<string | undefined>;

/**
 * Reads keys in one call, after a connect if one is needed. Never rejects, and settles within the bound. A call that
 * fails does not say which of its keys failed. One server that is down, or one odd value, must not affect the other
 * keys, so each key is then read by itself, once, in the time that is left.
 */
export async function readKeys(source: HeldBackend, keys: readonly string[]): Promise<readonly Reading[]> {
  const { clock, boundMs } = source;
  const endMs = clock.elapsed() + boundMs;
  try {
    const values = await callBackend(source, (backend) => backend.get(keys));
    return keys.map((_, index) => ({ status: "fulfilled", value: values[index] }));
  } catch (problem) {
    return readEach(source, keys, problem, endMs - clock.elapsed());
  }
}

/** Reads each key by itself after a call for all of them failed with `problem`. Never rejects. */
export async function readEach(
  { backend, hold, clock }: HeldBackend,
  keys: readonly string[],
  problem: unknown,
  leftMs: number,
): Promise<readonly Reading[]> {
  const failed = rejected(problem);
  if (keys.length === 1 || leftMs <= 0 || !hold.isConnected) return keys.map(() => failed);
  // What is not answered in time failed for the same reason as the whole call, as far as is known.
  return Promise.all(keys.map((key) => bounded(readKey(backend, key), leftMs, () => failed, clock)));
}

const readKey = (backend: Backend, key: string): Promise<Reading> =>
  backend.get([key]).then(([value]) => ({ status: "fulfilled", value }), rejected);

export const rejected = (reason: unknown): PromiseRejectedResult => ({ status: "rejected", reason });
