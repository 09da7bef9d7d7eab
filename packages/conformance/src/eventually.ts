import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

const pauseMs = 20;

/** Resolves once `holds` resolves to true; fails if that takes longer than `boundMs`. */
export async function eventually(
  what: string,
  boundMs: number,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const endMs = performance.now() + boundMs;
  while (!(await holds())) {
    if (performance.now() > endMs) assert.fail(`${what}: not within ${boundMs} ms`);
    await sleep(pauseMs);
  }
}
