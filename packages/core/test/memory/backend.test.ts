import { describe, expect, it } from "vitest";
import { ManualClock, MemoryBackend } from "../../src/memory/index.js";
import { MemoryValues } from "../../src/memory/memory-values.js";

describe("MemoryBackend on a clock that a test drives", () => {
  it("keeps a value to the millisecond, be it for years", async () => {
    const clock = new ManualClock();
    const backend = new MemoryBackend({ clock });
    await backend.connect();
    const years = 5 * 365 * 86_400;
    await backend.set([{ key: "key", value: "value", expiresInSeconds: years }]);
    await clock.advance(years * 1_000 - 1);
    expect(await backend.get(["key"])).toEqual(["value"]);
    await clock.advance(1);
    expect(await backend.get(["key"])).toEqual([undefined]);
  });

  it("frees what expired though nobody reads it", async () => {
    const clock = new ManualClock();
    const values = new MemoryValues(clock);
    values.set({ key: "forever", value: "stays" });
    let largest = 0;
    for (let round = 0; round < 20; round++) {
      for (let index = 0; index < 1_000; index++)
        values.set({ key: `${round} ${index}`, value: "brief", expiresInSeconds: 1 });
      await clock.advance(1_000);
      largest = Math.max(largest, values.size);
    }
    expect(largest).toBeLessThan(5_000);
    expect(values.get("forever")).toBe("stays");
  });
});
