import { returns, Status, withContext } from "@ytask/core";
import { expect } from "vitest";
import { until } from "../awaiting.js";
import type { Behaviour } from "../behaviour.js";

export const workflowsCrossGroups: Behaviour = {
  title: "a workflow runs over groups and servers; a name may occur twice; values become arguments",
  async run(bench) {
    const other = bench.drivers.uniqueGroup();
    const first = await bench.server();
    first.add(bench.group, "split", (n: number) => returns(n, 1));
    first.add(bench.group, "add", (a: number, b: number) => returns(a + b, 10));
    const second = await bench.server();
    second.add(other, "add", (a: number, b: number) => a + b);
    await first.run(bench.group);
    await second.run(other);
    const client = await bench.client();
    const task = await client.sendWorkflow([
      { group: bench.group, name: "split", args: [5] },
      { group: bench.group, name: "add" },
      { group: bench.group, name: "add" },
      { group: other, name: "add" },
    ]);
    const result = await task.result();
    expect(result.isSuccess()).toBe(true);
    expect(result.values()).toEqual([26]);
    expect(result.workflow).toEqual([
      { name: "split", status: "success" },
      { name: "add", status: "success" },
      { name: "add", status: "success" },
      { name: "add", status: "success" },
    ]);
  },
};

export const stepsHaveTheirOwnOptions: Behaviour = {
  title: "each step of a workflow has its own retry count and delay",
  async run(bench) {
    const attempts: string[] = [];
    const at: number[] = [];
    const server = await bench.server();
    const flaky = withContext((context) => {
      attempts.push(`${context.name} ${context.attempt} of ${context.attempt + context.retriesLeft}`);
      at.push(Date.now());
      if (context.retriesLeft > 0) throw new Error("again");
    });
    server.add(bench.group, "first", flaky, { backoff: false, retryCount: 2 });
    server.add(bench.group, "second", flaky, { backoff: false, retryCount: 2 });
    await server.run(bench.group);
    const client = await bench.client();
    const task = await client.sendWorkflow([
      { group: bench.group, name: "first" },
      { group: bench.group, name: "second", options: { retryCount: 1, runAfterMs: 400 } },
    ]);
    expect((await task.result()).isSuccess()).toBe(true);
    expect(attempts).toEqual([
      "first 1 of 3",
      "first 2 of 3",
      "first 3 of 3",
      "second 1 of 2",
      "second 2 of 2",
    ]);
    expect((at[3] ?? 0) - (at[2] ?? 0)).toBeGreaterThanOrEqual(395);
  },
};

export const aFailedStepEndsAWorkflow: Behaviour = {
  title: "the failure of a step ends the workflow, its states say which, and it is redriven from there",
  async run(bench) {
    let works = false;
    const ran: string[] = [];
    const server = await bench.server();
    const step = (name: string) => (n: number) => {
      ran.push(name);
      if (name === "second" && !works) throw new Error("broken");
      return n + 1;
    };
    for (const name of ["first", "second", "third"]) server.add(bench.group, name, step(name));
    await server.run(bench.group);
    const client = await bench.client();
    const task = await client.sendWorkflow([
      { group: bench.group, name: "first", args: [1] },
      { group: bench.group, name: "second", options: { retryCount: 0 } },
      { group: bench.group, name: "third" },
    ]);
    const failed = await task.result();
    expect([failed.status, failed.error]).toEqual([Status.Failure, "broken"]);
    expect(failed.workflow.map(({ status }) => status)).toEqual(["success", "failure", "waiting"]);
    works = true;
    const letters = client.deadLetters(bench.group);
    await until(async () => (await letters.redrive()) === 1);
    expect(await task.value()).toBe(4);
    expect(ran).toEqual(["first", "second", "second", "third"]);
  },
};

/** As the issue asks for where the run is a full one; else as many as are quick. */
const workflowCount = process.env.YTASK_TEST_FULL ? 2_000 : 200;
const inFlight = 100;

export const noSuccessIsPremature: Behaviour = {
  title:
    "a poller of many two-step workflows sees no success before the last step, and no finished status change",
  async run(bench) {
    const server = await bench.server();
    const lastStepRan = new Set<number>();
    server.add(bench.group, "first", (n: number) => n);
    server.add(bench.group, "second", (n: number) => {
      lastStepRan.add(n);
      return n;
    });
    await server.run(bench.group, { concurrency: 20 });
    const client = await bench.client();
    const problems: string[] = [];
    const follow = async (n: number) => {
      const task = await client.sendWorkflow([
        { group: bench.group, name: "first", args: [n] },
        { group: bench.group, name: "second" },
      ]);
      let status = await task.status();
      while (status === undefined || status < Status.Success) status = await task.status();
      if (status !== Status.Success || !lastStepRan.has(n)) problems.push(`${n}: status ${status} too early`);
      const result = await task.result();
      if (!result.isSuccess() || result.get(0) !== n) problems.push(`${n}: ${JSON.stringify(result)}`);
      if ((await task.status()) !== Status.Success) problems.push(`${n}: the finished status changed`);
    };
    let sent = 0;
    const followOn = async () => {
      while (sent < workflowCount) await follow(sent++);
    };
    await Promise.all(Array.from({ length: inFlight }, followOn));
    expect(problems).toEqual([]);
    expect(lastStepRan.size).toBe(workflowCount);
  },
};
