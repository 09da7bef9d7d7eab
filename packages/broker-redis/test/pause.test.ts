import { describeWithOwnServer, waitUntil } from "@ytask-internal/test-servers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Lab, numbers } from "./support/lab.js";

describeWithOwnServer("redis", "a server process that stands still for longer than its lease", () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.open(1_000);
  });
  afterEach(() => lab.close());

  it("loses no task when it goes on, is told that its lease is lost, and the first finished result stands", async () => {
    const frozen = await lab.startWorker(3);
    const tasks = [];
    for (const number of numbers(3)) tasks.push(await lab.client.send(lab.group, "note", [number, 500]));
    await waitUntil("three tasks run", async () => (await lab.noted("begun")).length === 3);
    frozen.signal("SIGSTOP");

    const heir = await lab.startWorker(3);
    const values = [];
    for (const task of tasks) values.push(await task.value({ timeoutMs: 30_000 }));
    expect(values).toEqual([`${heir.pid}`, `${heir.pid}`, `${heir.pid}`]);

    frozen.signal("SIGCONT");
    await waitUntil("the first server is told of each", () => frozen.lostLeases.length === 3);
    await waitUntil("it ends what it had begun", async () => (await lab.noted("ended")).length === 6);
    // It settles and stores right after, and is through with that when it ends; both must change nothing.
    await frozen.kill("SIGTERM");
    for (const [index, task] of tasks.entries()) expect(await task.value()).toBe(values[index]);
    expect(await lab.client.counts(lab.group)).toEqual({ waiting: 0, delayed: 0, running: 0, dead: 0 });
    expect(await lab.client.send(lab.group, "note", [9, 0]).then((task) => task.value())).toBeTypeOf(
      "string",
    );
  });

  it("may run a task twice that blocks the event loop, stores its result once, and says what to do", async () => {
    const worker = await lab.startWorker(1);
    const other = await lab.startWorker(1);
    const task = await lab.client.send(lab.group, "block", [0, 7_000]);
    const value = await task.value({ timeoutMs: 60_000 });
    await waitUntil("every run has ended", async () => {
      const [begun, ended] = [await lab.noted("begun"), await lab.noted("ended")];
      return begun.length === ended.length;
    });
    expect(await task.value()).toBe(value);
    await waitUntil("it is settled", async () => (await lab.client.counts(lab.group)).running === 0);
    expect(await lab.client.counts(lab.group)).toMatchObject({ waiting: 0, running: 0, dead: 0 });
    const warnings = [...worker.lines, ...other.lines].filter(({ level }) => level === "warn");
    expect(warnings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/blocked the event loop.*lease.*"block"/s),
    );
  });
});
