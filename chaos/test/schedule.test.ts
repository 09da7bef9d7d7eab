import { describe, expect, it } from "vitest";
import { type FaultName, faults } from "../src/faults.js";
import { planTask } from "../src/plan.js";
import { randomOf } from "../src/random.js";
import { schedule } from "../src/schedule.js";

const names = Object.keys(faults) as FaultName[]; // the table's own

describe("a seed", () => {
  it("repeats the schedule of faults, and the tasks", () => {
    const make = () => ({
      faults: schedule(7, names, 3, 60_000, 3_000),
      tasks: Array.from({ length: 100 }, (_, number) => planTask(number, randomOf(7, "tasks"))),
    });
    expect(make()).toEqual(make());
    expect(schedule(8, names, 3, 60_000, 3_000)).not.toEqual(make().faults);
  });

  it("has every fault happen before one of them happens again", () => {
    const planned = schedule(7, names, 3, 120_000, 3_000).map(({ name }) => name);
    expect(new Set(planned.slice(0, names.length)).size).toBe(names.length);
  });

  it("leaves out what would not be over by the end of the run", () => {
    for (const { name, afterMs } of schedule(7, names, 3, 30_000, 1_000))
      expect(afterMs + faults[name].lastsMs[1]).toBeLessThanOrEqual(30_000);
  });
});
