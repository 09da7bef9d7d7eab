import { describe, expect, it } from "vitest";
import { type Backoff, backoffMs, defaultBackoff } from "../../src/task/backoff.js";

/** The waits before the first retries, without chance: 0.5 is the middle of the jitter. */
const waits = (backoff: Backoff, count: number, random = 0.5) =>
  Array.from({ length: count }, (_, index) => backoffMs(backoff, index + 1, undefined, random));

describe("the wait before a retry", () => {
  it("doubles from a second up to a minute by default", () => {
    expect(waits(defaultBackoff, 9)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
    ]);
  });

  it("differs by up to a fifth by default, the longest too", () => {
    expect(waits(defaultBackoff, 7, 0)).toEqual([800, 1_600, 3_200, 6_400, 12_800, 25_600, 48_000]);
    expect(waits(defaultBackoff, 7, 1)).toEqual([1_200, 2_400, 4_800, 9_600, 19_200, 38_400, 72_000]);
  });

  it("is the same each time where it is fixed, without jitter unless one is named", () => {
    expect(waits({ kind: "fixed", initialMs: 500 }, 3, 1)).toEqual([500, 500, 500]);
    expect(waits({ kind: "fixed", initialMs: 500, jitter: 0.5 }, 1, 0)).toEqual([250]);
    expect(waits({ kind: "fixed", initialMs: 90_000 }, 1)).toEqual([90_000]);
    expect(waits({ kind: "fixed", initialMs: 90_000, maxMs: 50 }, 1)).toEqual([50]);
  });

  it("grows up to the longest, however many attempts there were", () => {
    expect(
      backoffMs({ kind: "exponential", initialMs: 100, maxMs: 1_000, jitter: 0 }, 5_000, undefined),
    ).toBe(1_000);
    expect(waits({ kind: "exponential", initialMs: 0 }, 3)).toEqual([0, 0, 0]);
    expect(backoffMs({ kind: "exponential", initialMs: 0 }, 5_000, undefined)).toBe(0);
  });

  it("stays within its jitter by chance", () => {
    for (let round = 0; round < 200; round++) {
      const ms = backoffMs(defaultBackoff, 1, undefined);
      expect(ms).toBeGreaterThanOrEqual(800);
      expect(ms).toBeLessThanOrEqual(1_200);
    }
  });

  it("is none where backoff is false", () => expect(waits(false, 3)).toEqual([0, 0, 0]));

  it("is what a function says of attempt and error", () => {
    const error = new Error("busy");
    const calls: unknown[] = [];
    const wait = backoffMs((...call) => calls.push(call) * 70, 3, error);
    expect(wait).toBe(70);
    expect(calls).toEqual([[3, error]]);
  });

  it.each([-5, Number.NaN, Number.POSITIVE_INFINITY, 1e300, "5", undefined, null, Promise.resolve(5)])(
    "is refused where the function returns %s",
    (value) => {
      expect(() => backoffMs(() => value as number, 1, undefined)).toThrow(
        expect.objectContaining({
          code: 102,
          message: expect.stringContaining("a backoff function must return"),
        }),
      );
    },
  );
});
