import { describeWithOwnServer, waitUntil } from "@ytask-internal/test-servers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Lab, numbers } from "./support/lab.js";

const megabyte = 1_000_000;

describeWithOwnServer("redis", "a server process", () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.open(2_000);
  });
  afterEach(() => lab.close());

  it("stays under 150 MB while it drains 1,000,000 queued tasks", async () => {
    const tasks = Array.from({ length: 500 }, (_, number) => ({
      group: lab.group,
      name: "count",
      args: [number],
    }));
    for (let sent = 0; sent < 1_000_000; sent += 500) await lab.client.sendMany(tasks);
    const worker = await lab.startWorker(100);
    await waitUntil(
      "all are done",
      async () => {
        const { waiting, running } = await lab.client.counts(lab.group);
        return waiting === 0 && running === 0;
      },
      { timeoutMs: 600_000, intervalMs: 500 },
    );
    console.log("largest memory in MB", Math.round(worker.largestRss / megabyte));
    expect(worker.largestRss).toBeLessThan(150 * megabyte);
  });

  it("that is killed has its running tasks run again within the lease plus five seconds", async () => {
    for (let time = 0; time < 5; time++) {
      const killed = await lab.startWorker(3);
      const begunBefore = (await lab.noted("begun")).length;
      for (const number of numbers(3)) await lab.client.send(lab.group, "note", [number, 6_000]);
      await waitUntil("three run", async () => (await lab.noted("begun")).length === begunBefore + 3);
      const heir = await lab.startWorker(3);
      await killed.kill("SIGKILL");
      const killedAt = performance.now();
      await waitUntil(
        "the three run again",
        async () => (await lab.noted("begun")).length === begunBefore + 6,
      );
      const afterMs = performance.now() - killedAt;
      console.log("run again after", Math.round(afterMs), "ms, with a lease of", lab.leaseMs);
      expect(afterMs).toBeLessThanOrEqual(lab.leaseMs + 5_000);
      await waitUntil("it is over", async () => (await lab.client.counts(lab.group)).running === 0);
      await heir.kill("SIGKILL");
    }
  });
});
