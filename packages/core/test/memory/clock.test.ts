import { describe, expect, it } from "vitest";
import { ManualClock } from "../../src/memory/index.js";
import { World } from "../support/world.js";

describe("ManualClock", () => {
  it("stands still until it is advanced", async () => {
    const clock = new ManualClock(1_000);
    expect(clock.now()).toBe(1_000);
    await clock.advance(250);
    expect(clock.now()).toBe(1_250);
  });

  it("fires each due timer in order and at its time, and none that is not due", async () => {
    const clock = new ManualClock(0);
    const fired: string[] = [];
    const at = (name: string, delayMs: number) =>
      clock.after(delayMs, () => fired.push(`${name} at ${clock.now()}`));
    at("late", 300);
    at("first", 100);
    at("second", 100);
    at("beyond", 301);
    await clock.advance(300);
    expect(fired).toEqual(["first at 100", "second at 100", "late at 300"]);
    await clock.advance(1);
    expect(fired).toContain("beyond at 301");
  });

  it("fires no timer that was cancelled, even by one that is due at the same time", async () => {
    const clock = new ManualClock(0);
    const fired: string[] = [];
    clock.after(100, () => {
      fired.push("first");
      second.cancel();
    });
    const second = clock.after(100, () => fired.push("second"));
    await clock.advance(100);
    expect(fired).toEqual(["first"]);
  });

  it("lets promises run between timers, and fires what they set within the time", async () => {
    const clock = new ManualClock(0);
    const wait = (delayMs: number) => new Promise<void>((resolve) => clock.after(delayMs, resolve));
    const times: number[] = [];
    void (async () => {
      for (const delayMs of [10, 20, 30, 41]) {
        await wait(delayMs);
        times.push(clock.now());
      }
    })();
    await clock.advance(100);
    expect(times).toEqual([10, 30, 60]);
    await clock.advance(1);
    expect(times).toEqual([10, 30, 60, 101]);
  });

  it("lets some dozens of tasks that are due at one time run before time goes on", async () => {
    const world = new World();
    const times: number[] = [];
    const server = world.server().add("g", "note", async () => {
      times.push(world.clock.now());
    });
    await server.run("g");
    const dueAt = world.clock.now() + 1_000;
    const one = { group: "g", name: "note", options: { runAfterMs: 1_000, expireAfterMs: 1_500 } };
    await world.client().sendMany(Array.from({ length: 60 }, () => one));
    await world.clock.advance(60_000);
    expect(times).toEqual(new Array(60).fill(dueAt));
  });
});
