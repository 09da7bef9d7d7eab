import { Status, TaskFailed, withContext } from "@ytask/core";
import { expect } from "vitest";
import { next, until } from "../awaiting.js";
import type { Behaviour } from "../behaviour.js";

const past = (ms: number): Promise<void> => until(() => Date.now() > ms);

export const tasksExpireInTheQueue: Behaviour = {
  title: "a task whose expiry passed in the queue or its delay is not run: status Expired",
  async run(bench) {
    const client = await bench.client();
    const queued = await client.send(bench.group, "run", [], { expireAfterMs: 50 });
    const delayed = await client.send(bench.group, "run", [], { expireAfterMs: 50, runAfterMs: 400 });
    const neither = await client.send(bench.group, "run", [], { expireAt: new Date(Date.now() + 60_000) });
    await past(Date.now() + 60);
    let runs = 0;
    const server = await bench.server();
    server.add(bench.group, "run", () => ++runs);
    const expired = next(server, "expired");
    await server.run(bench.group);
    await expect(queued.value()).rejects.toSatisfy(
      (error) => TaskFailed.isInstance(error) && error.status === Status.Expired,
    );
    expect((await delayed.result()).status).toBe(Status.Expired);
    expect(await neither.value()).toBe(1);
    expect(await expired).toMatchObject({ group: bench.group, name: "run", attempt: 1 });
    expect(runs).toBe(1);
  },
};

export const retriesExpire: Behaviour = {
  title: "a task that expires while it waits for its retry is not tried again, and that retry does not count",
  async run(bench) {
    const attempts: number[] = [];
    const server = await bench.server();
    server.add(
      bench.group,
      "retry",
      withContext((context, expiresAt: number) => {
        attempts.push(context.attempt);
        return context.retry(new Error("busy"), { delayMs: Math.max(0, expiresAt - Date.now()) + 200 });
      }),
    );
    await server.run(bench.group);
    const client = await bench.client();
    const expiresAt = Date.now() + 2_000;
    const task = await client.send(bench.group, "retry", [expiresAt], { expireAt: new Date(expiresAt) });
    const result = await task.result();
    expect([result.status, result.retryCount]).toEqual([Status.Expired, 0]);
    expect(attempts).toEqual([1]);
  },
};

export const workflowStepsExpire: Behaviour = {
  title: "a workflow whose step expires is Expired, and its states say which step",
  async run(bench) {
    const server = await bench.server();
    server.add(bench.group, "first", () => 1);
    server.add(bench.group, "second", (n: number) => n);
    await server.run(bench.group);
    const client = await bench.client();
    const task = await client.sendWorkflow([
      { group: bench.group, name: "first" },
      { group: bench.group, name: "second", options: { runAfterMs: 300, expireAfterMs: 100 } },
      { group: bench.group, name: "first" },
    ]);
    const result = await task.result();
    expect(result.status).toBe(Status.Expired);
    expect(result.workflow.map(({ status }) => status)).toEqual(["success", "expired", "waiting"]);
  },
};
