import { describeWithOwnServer, waitUntil } from "@ytask-internal/test-servers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Lab, numbers, repeated } from "./support/lab.js";

describeWithOwnServer("redis", "kill -9 of a server process", () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.close());

  it("loses none of 3 running, 5 queued and 10 delayed tasks, and runs only the running ones twice", async () => {
    const worker = await lab.startWorker(3);
    for (const number of numbers(3)) await lab.client.send(lab.group, "note", [number, 3_600_000]);
    await waitUntil("three tasks run", async () => (await lab.noted("begun")).length === 3);
    for (const number of [3, 4, 5, 6, 7]) await lab.client.send(lab.group, "note", [number, 0]);
    // Some fall due before the server is killed, and some after.
    for (const number of numbers(10))
      await lab.client.send(lab.group, "note", [8 + number, 0], { runAfterMs: number < 5 ? 20 : 1_500 });
    await worker.kill("SIGKILL");

    await lab.startWorker(18);
    await waitUntil("all tasks have begun", async () => new Set(await lab.noted("begun")).size === 18);
    await waitUntil("the three run again", async () => (await lab.noted("begun")).length >= 21);
    const begun = await lab.noted("begun");
    expect([...repeated(begun)].sort()).toEqual([0, 1, 2]);
    expect(begun).toHaveLength(21);
    expect([...(await lab.noted("ended"))].sort((one, other) => one - other)).toEqual(numbers(18).slice(3));
  });

  it("loses none of 30 delayed tasks, and runs each once", async () => {
    const worker = await lab.startWorker(3);
    for (const number of numbers(30))
      await lab.client.send(lab.group, "note", [number, 0], { runAfterMs: 1_500 });
    await worker.kill("SIGKILL");

    await lab.startWorker(3);
    await waitUntil("all tasks have run", async () => (await lab.noted("ended")).length >= 30);
    expect([...(await lab.noted("begun"))].sort((one, other) => one - other)).toEqual(numbers(30));
  });
});
