import { ErrorCode, Status, TaskFailed, withContext } from "@ytask/core";
import { abortKey } from "@ytask/core/wire";
import { expect } from "vitest";
import { fired, next, until } from "../awaiting.js";
import type { Behaviour } from "../behaviour.js";

export const abortsBeforeTheStart: Behaviour = {
  title: "a task that is aborted before it starts or while it is delayed never runs: status Abort",
  async run(bench) {
    const client = await bench.client();
    const queued = await client.send(bench.group, "run");
    const delayed = await client.send(bench.group, "run", [], { runAfterMs: 300 });
    await client.abort(queued.id);
    await client.abort(delayed.id, { expiresSeconds: -1 });
    let runs = 0;
    const server = await bench.server();
    server.add(bench.group, "run", () => ++runs);
    let aborted = 0;
    server.on("aborted", () => ++aborted);
    await server.run(bench.group);
    await expect(queued.value()).rejects.toSatisfy(
      (error) => TaskFailed.isInstance(error) && error.status === Status.Abort,
    );
    expect((await delayed.result()).status).toBe(Status.Abort);
    await until(() => aborted === 2);
    expect(runs).toBe(0);
  },
};

export const abortsAreKnownAtOnce: Behaviour = {
  title: "a task that waits for long is Abort as soon as it is aborted",
  async run(bench) {
    const client = await bench.client();
    const task = await client.send(bench.group, "run", [], { runAfterMs: 3_000 });
    await task.abort();
    expect(await task.status()).toBe(Status.Abort);
  },
};

export const abortsOfARetryAreKnownAtOnce: Behaviour = {
  title: "so is a task that waits for its next attempt for long",
  async run(bench) {
    const server = await bench.server();
    const retry = withContext((context) => context.retry(new Error("busy"), { delayMs: 3_000 }));
    server.add(bench.group, "retry", retry);
    await server.run(bench.group);
    const client = await bench.client();
    const task = await client.send(bench.group, "retry");
    await until(async () => (await task.status()) === Status.WaitingRetry);
    await task.abort();
    expect(await task.status()).toBe(Status.Abort);
  },
};

export const abortsInARetryWait: Behaviour = {
  title: "a task that is aborted while it waits for a retry is not tried again: status Abort",
  async run(bench) {
    const attempts: number[] = [];
    const client = await bench.client();
    const server = await bench.server();
    server.add(
      bench.group,
      "retry",
      withContext((context) => {
        attempts.push(context.attempt);
        return context.retry(new Error("busy"), { delayMs: 1_000 });
      }),
    );
    server.on("retried", ({ id }) => client.abort(id));
    const aborted = next(server, "aborted");
    await server.run(bench.group);
    const task = await client.send(bench.group, "retry");
    expect((await task.result()).status).toBe(Status.Abort);
    expect(await aborted).toMatchObject({ id: task.id, attempt: 2 });
    expect(attempts).toEqual([1]);
  },
};

export const abortsWhileItRuns: Behaviour = {
  title:
    "the signal of a running task fires when it is aborted; it may tidy up, and is Abort whatever it returns",
  async run(bench) {
    const server = await bench.server();
    let tidiedUp = 0;
    const reasons: unknown[] = [];
    server.add(
      bench.group,
      "run",
      withContext(async ({ signal }, throws: boolean) => {
        reasons.push(await fired(signal));
        tidiedUp++;
        if (throws) throw new Error("stopped");
        return "a value that nobody sees";
      }),
      { backoff: false },
    );
    await server.run(bench.group, { concurrency: 2 });
    const client = await bench.client();
    const tasks = [
      await client.send(bench.group, "run", [true]),
      await client.send(bench.group, "run", [false]),
    ];
    await until(async () => {
      const statuses = await Promise.all(tasks.map((task) => task.status()));
      return statuses.every((status) => status === Status.FirstRunning);
    });
    for (const task of tasks) await task.abort();
    for (const task of tasks) {
      const result = await task.result();
      expect([result.status, result.returned]).toEqual([Status.Abort, undefined]);
    }
    expect(tidiedUp).toBe(2);
    expect(reasons).toMatchObject([{ code: ErrorCode.AbortTask }, { code: ErrorCode.AbortTask }]);
  },
};

export const aTaskAbortsItself: Behaviour = {
  title: "context.abort ends a task with its reason, even where the task catches what it throws",
  async run(bench) {
    const server = await bench.server();
    server.add(
      bench.group,
      "abort",
      withContext((context) => {
        try {
          return context.abort("no such order");
        } catch {
          return "caught";
        }
      }),
    );
    const aborted = next(server, "aborted");
    await server.run(bench.group);
    const client = await bench.client();
    const result = await (await client.send(bench.group, "abort")).result();
    expect(result.status).toBe(Status.Abort);
    expect(result.error).toContain("no such order");
    expect(await aborted).toMatchObject({ id: result.id, reason: "no such order", attempt: 1 });
  },
};

export const workflowsAreAbortedBetweenSteps: Behaviour = {
  title: "a workflow that is aborted between two steps does not go on, and its states say where it ended",
  async run(bench) {
    let secondRuns = 0;
    const client = await bench.client();
    const server = await bench.server();
    server.add(bench.group, "first", () => {});
    server.add(bench.group, "second", () => ++secondRuns);
    server.on("succeeded", ({ id }) => client.abort(id));
    const aborted = next(server, "aborted");
    await server.run(bench.group);
    const task = await client.sendWorkflow([
      { group: bench.group, name: "first" },
      { group: bench.group, name: "second", options: { runAfterMs: 1_000 } },
    ]);
    const result = await task.result();
    expect(result.status).toBe(Status.Abort);
    expect(result.workflow).toEqual([
      { name: "first", status: "success" },
      { name: "second", status: "abort" },
    ]);
    expect(await aborted).toMatchObject({ id: task.id, name: "second" });
    expect(secondRuns).toBe(0);
  },
};

export const goAbortsATask: Behaviour = {
  title: "the abort flag of a Go client stops a task; ours is written as a Go server reads it",
  async run(bench) {
    const client = await bench.client();
    const backend = bench.drivers.backend();
    await backend.connect();
    try {
      const byGo = await client.send(bench.group, "run");
      const flagOf = (id: string) =>
        `{"Id":"Abort:${id}","Status":0,"FuncReturn":null,"RetryCount":0,"Workflow":null,"Err":""}`;
      await backend.set([{ key: abortKey(byGo.id), value: flagOf(byGo.id), expiresInSeconds: 60 }]);
      const byUs = await client.send(bench.group, "run");
      await byUs.abort();
      expect(await backend.get([abortKey(byUs.id)])).toEqual([flagOf(byUs.id)]);
      const server = await bench.server();
      server.add(bench.group, "run", () => "ran");
      await server.run(bench.group);
      expect((await byGo.result()).status).toBe(Status.Abort);
    } finally {
      await backend.close();
    }
  },
};

export const aFinishedTaskIsNotAborted: Behaviour = {
  title: "an abort of a finished task changes nothing",
  async run(bench) {
    const server = await bench.server();
    server.add(bench.group, "run", () => 1);
    await server.run(bench.group);
    const client = await bench.client();
    const task = await client.send(bench.group, "run");
    await task.value();
    await task.abort();
    expect(await task.value()).toBe(1);
  },
};
