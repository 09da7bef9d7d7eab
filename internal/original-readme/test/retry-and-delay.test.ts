import { Status, TaskFailed, withContext, withOptions } from "@ytask/core";
import { describe, expect, it } from "vitest";
import { serverAndClient } from "../src/running.js";

const atOnce = { backoff: false } as const;

/** Counts its runs, and fails each of them in one way or the other. */
function failing(how: "throws" | "asks for a retry") {
  const counter = { runs: 0 };
  const task = withContext((context) => {
    counter.runs++;
    if (how === "throws") throw new Error("xx");
    return context.retry(new Error("xx"));
  });
  return { counter, task: withOptions(task, atOnce) };
}

describe.each(["throws", "asks for a retry"] as const)("重试 (retries) of a task that %s", (how) => {
  it("runs it again, three times where nobody says how often", async () => {
    const { counter, task } = failing(how);
    const { client } = await serverAndClient({ group1: { fail: task } });
    const result = await (await client.send("group1", "fail")).result();
    expect(result).toMatchObject({ status: Status.Failure, error: "xx", retryCount: 3 });
    expect(counter.runs).toBe(4);
  });

  it("runs it again as often as the client says", async () => {
    const { counter, task } = failing(how);
    const { client } = await serverAndClient({ group1: { fail: task } });
    await (await client.send("group1", "fail", [], { retryCount: 5 })).result();
    expect(counter.runs).toBe(6);
  });

  it("does not run it again where the client disables retries", async () => {
    const { counter, task } = failing(how);
    const { client } = await serverAndClient({ group1: { fail: task } });
    const sent = await client.send("group1", "fail", [], { retryCount: 0 });
    await expect(sent.value()).rejects.toSatisfy((error) => TaskFailed.isInstance(error));
    expect(counter.runs).toBe(1);
  });
});

describe("禁用重试 (disabling retries) on the server", () => {
  it("does not run a task again that set its retry count to 0", async () => {
    let runs = 0;
    const fail = withContext((context) => {
      runs++;
      context.setRetryCount(0);
      throw new Error("xx");
    });
    const { client } = await serverAndClient({ group1: { fail } });
    await (await client.send("group1", "fail")).result();
    expect(runs).toBe(1);
  });

  it("does not run a task again whose options say so", async () => {
    const { counter, task } = failing("throws");
    const { client } = await serverAndClient({ group1: { fail: withOptions(task, { retryCount: 0 }) } });
    await (await client.send("group1", "fail")).result();
    expect(counter.runs).toBe(1);
  });
});

describe("延时任务 (delayed tasks)", () => {
  const delayMs = 300;

  it.each([
    { by: "a duration", options: () => ({ runAfterMs: delayMs }) },
    { by: "a time", options: () => ({ runAt: new Date(Date.now() + delayMs) }) },
  ])("runs a task that is delayed by $by then, and not before", async ({ options }) => {
    const { client } = await serverAndClient({ group2: { now: () => Date.now() } });
    const sentAt = Date.now();
    const task = await client.send("group2", "now", [], options());
    expect(await task.value()).toBeGreaterThanOrEqual(sentAt + delayMs);
  });
});
