import { describe, expect, it } from "vitest";
import { CountingDrivers } from "./support/counting-drivers.js";
import { fill, newClient, runTasks, sendEach } from "./support/run-tasks.js";

/** Counts that no machine changes: a bound that breaks means more calls to a driver for the same work. */
describe("the calls that core makes to its drivers", () => {
  it("runs a thousand tasks at concurrency 100 in batches of fifty and more", async () => {
    const drivers = new CountingDrivers();
    const client = newClient(drivers);
    await fill(client, 1_000);
    await client.getStatus("none");
    drivers.counts.set = { calls: 0, items: 0 };
    drivers.counts.get = { calls: 0, items: 0 };
    await runTasks(drivers, 100, 1_000);
    const { receive, settle, set, get } = drivers.counts;
    expect([receive.items, settle.items]).toEqual([1_000, 1_000]);
    // A status that is overtaken in the same turn is not written: one result a task, and no more.
    expect(set.items).toBe(1_000);
    // One flag a task; the only other reads are of flags of tasks that run for a second.
    expect(get.items).toBe(1_000);
    // One more for the last receive, which waits and gets nothing.
    expect(receive.calls).toBeLessThanOrEqual(21);
    for (const { calls } of [settle, set, get]) expect(calls).toBeLessThanOrEqual(20);
    await client.close();
  });

  it("runs a thousand tasks at concurrency 10 in batches of twenty and more", async () => {
    // How many tasks are taken ahead follows from how long they take: the least of five, since where the machine stalls
    // in a run they seem slow.
    const calls: { receive: number; settle: number }[] = [];
    for (let run = 0; run < 5; run++) {
      const drivers = new CountingDrivers();
      const client = newClient(drivers);
      await fill(client, 1_000);
      await runTasks(drivers, 10, 1_000);
      calls.push({ receive: drivers.counts.receive.calls, settle: drivers.counts.settle.calls });
      await client.close();
    }
    expect(Math.min(...calls.map(({ receive }) => receive))).toBeLessThanOrEqual(51);
    expect(Math.min(...calls.map(({ settle }) => settle))).toBeLessThanOrEqual(50);
  });

  it("sends a hundred single tasks that are in flight together in one call", async () => {
    const drivers = new CountingDrivers();
    const client = newClient(drivers);
    await sendEach(client, 1_000);
    await client.close();
    const { send, set } = drivers.counts;
    expect([send.items, set.items]).toEqual([1_000, 1_000]);
    expect(send.calls).toBeLessThanOrEqual(20);
    expect(set.calls).toBeLessThanOrEqual(20);
  });

  it("sends five hundred tasks of a sendMany in three calls", async () => {
    const drivers = new CountingDrivers();
    const client = newClient(drivers);
    await fill(client, 500);
    await client.close();
    expect(drivers.counts.send).toEqual({ calls: 3, items: 500 });
    expect(drivers.counts.set).toEqual({ calls: 3, items: 500 });
  });
});
