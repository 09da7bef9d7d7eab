import { PermanentError, type Result, Status } from "@ytask/core";
import { expect } from "vitest";
import { until } from "../awaiting.js";
import type { Behaviour } from "../behaviour.js";

export const callbacksFollowATask: Behaviour = {
  title: "onComplete is called once with the result and the arguments, when the task finished for good",
  async run(bench) {
    const calls: [Result, ...unknown[]][] = [];
    let attempts = 0;
    const server = await bench.server();
    server.add(
      bench.group,
      "flaky",
      (a: number, b: number) => {
        if (++attempts === 1) throw new Error("once");
        return a + b;
      },
      { backoff: false, onComplete: (result, ...args) => void calls.push([result, ...args]) },
    );
    await server.run(bench.group);
    const client = await bench.client();
    await (await client.send(bench.group, "flaky", [1, 2])).result();
    await until(() => calls.length > 0);
    await server.shutdown();
    expect(calls).toHaveLength(1);
    const [result, ...args] = calls[0] ?? [];
    expect([result?.get(0), result?.retryCount, args]).toEqual([3, 1, [1, 2]]);
  },
};

export const callbacksSeeFailures: Behaviour = {
  title: "onComplete sees failures and expiries too, with the arguments that were sent",
  async run(bench) {
    const calls: unknown[] = [];
    const server = await bench.server();
    server.add(
      bench.group,
      "refuse",
      (order: string) => {
        throw new PermanentError(`no ${order}`);
      },
      { onComplete: (result, order) => void calls.push([result.status, result.error, order]) },
    );
    const client = await bench.client();
    await client.send(bench.group, "refuse", ["tea"], { expireAt: new Date(1_000) });
    await server.run(bench.group);
    await until(() => calls.length === 1);
    await client.send(bench.group, "refuse", ["coffee"]);
    await until(() => calls.length === 2);
    expect(calls).toEqual([
      [Status.Expired, undefined, "tea"],
      [Status.Failure, "no coffee", "coffee"],
    ]);
  },
};

export const callbacksFollowEachStep: Behaviour = {
  title: "onComplete is called after each step of a workflow",
  async run(bench) {
    const calls: unknown[] = [];
    const server = await bench.server();
    server.add(bench.group, "double", (n: number) => 2 * n, {
      onComplete: (result, n) =>
        void calls.push([result.isSuccess(), result.get(0), n, result.workflow.length]),
    });
    await server.run(bench.group);
    const client = await bench.client();
    const step = { group: bench.group, name: "double" };
    const task = await client.sendWorkflow([{ ...step, args: [1] }, step]);
    expect(await task.value()).toBe(4);
    await until(() => calls.length === 2);
    expect(calls).toEqual([
      [true, 2, 1, 1],
      [true, 4, 2, 2],
    ]);
  },
};

export const callbacksDoNoHarm: Behaviour = {
  title: "an onComplete that throws is logged, and changes nothing",
  async run(bench) {
    const server = await bench.server();
    server.add(bench.group, "one", () => 1, {
      onComplete: () => Promise.reject(new Error("the callback is broken")),
    });
    await server.run(bench.group);
    const client = await bench.client();
    const first = await client.send(bench.group, "one");
    expect(await first.value()).toBe(1);
    await until(() =>
      bench.log
        .of(first.id)
        .some(({ level, fields }) => level === "error" && fields?.error === "the callback is broken"),
    );
    expect(await (await client.send(bench.group, "one")).value()).toBe(1);
  },
};
