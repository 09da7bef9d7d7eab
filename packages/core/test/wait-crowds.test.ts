import { expect, it } from "vitest";
import { World } from "./support/world.js";
import { withoutWatch } from "./support/wrap.js";

const count = 1_000;
const forMs = 1_000;
/** So many reads a millisecond all waits make on average, and each pauses for at least half its share. */
const readsPerMs = 5;
const shortestPauseMs = count / readsPerMs / 2;

it("a thousand waits on a backend that wakes nobody neither look more often than it can bear, nor in step", async () => {
  const world = new World();
  const inner = withoutWatch(world.backend());
  const reads = new Map<number, number>();
  const get = (keys: readonly string[]) => {
    const now = Math.floor(world.clock.now());
    reads.set(now, (reads.get(now) ?? 0) + keys.length);
    return inner.get(keys);
  };
  const client = world.client({ backend: { ...inner, get } });
  const waits = Promise.allSettled(
    Array.from({ length: count }, (_, n) => client.getResult(`${n}`, { timeoutMs: forMs })),
  );
  await world.clock.advance(forMs);
  await waits;
  const [first, ...later] = reads.values();
  expect(first).toBe(count);
  expect(later.reduce((sum, some) => sum + some, 0)).toBeLessThanOrEqual((count * forMs) / shortestPauseMs);
  expect(later.length).toBeGreaterThan(100);
  expect(Math.max(...later)).toBeLessThan(count / 10);
});
