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
    const drivers = new CountingDrivers();
    const client = newClient(drivers);
    await fill(client, 1_000);
    await runTasks(drivers, 10, 1_000);
    const { receive, settle } = drivers.counts;
    expect(receive.calls).toBeLessThanOrEqual(51);
    expect(settle.calls).toBeLessThanOrEqual(50);
    await client.close();
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

  it("sends five hundred tasks of a sendMany in one call", async () => {
    const drivers = new CountingDrivers();
    const client = newClient(drivers);
    await fill(client, 500);
    await client.close();
    expect(drivers.counts.send).toEqual({ calls: 1, items: 500 });
    expect(drivers.counts.set).toEqual({ calls: 1, items: 500 });
  });
});
