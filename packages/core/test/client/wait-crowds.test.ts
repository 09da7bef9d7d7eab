import { expect, it } from "vitest";
import { World } from "../support/world.js";
import { withoutWatch } from "../support/wrap.js";

const forMs = 1_000;

/** How many keys are read at each moment while so many wait on a backend that wakes nobody. */
async function readsOf(count: number): Promise<readonly number[]> {
  const world = new World();
  const inner = withoutWatch(world.backend());
  const reads = new Map<number, number>();
  const get = (keys: readonly string[]) => {
    const now = world.clock.now();
    reads.set(now, (reads.get(now) ?? 0) + keys.length);
    return inner.get(keys);
  };
  const client = world.client({ backend: { ...inner, get } });
  const waits = Promise.allSettled(
    Array.from({ length: count }, (_, n) => client.getResult(`${n}`, { timeoutMs: forMs })),
  );
  await world.clock.advance(forMs);
  await waits;
  return [...reads.values()];
}

it("a hundred waits that began together look together", async () => {
  const reads = await readsOf(100);
  expect(new Set(reads)).toEqual(new Set([100]));
});

it("thousands of waits look in turns, many at a time, and no more often than a backend can bear", async () => {
  const count = 2_000;
  const reads = await readsOf(count);
  // Each looks once at the start, and pauses for a tenth of a second at least.
  expect(reads.reduce((sum, keys) => sum + keys, 0)).toBeLessThanOrEqual(count + (count * forMs) / 100);
  const [first, ...later] = reads;
  expect(first).toBe(count);
  expect(Math.max(...later)).toBeLessThan(count / 2);
  expect(reads.length).toBeLessThan(100);
});
