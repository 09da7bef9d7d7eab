import { returns, Status } from "@ytask/core";
import { expect } from "vitest";
import { deferred, next, until } from "../awaiting.js";
import type { Behaviour } from "../behaviour.js";

export const valuesReachTheClient: Behaviour = {
  title: "what a task returns reaches its client: no value, one, or several",
  async run(bench) {
    const server = await bench.server();
    server.add(bench.group, "none", () => {});
    server.add(bench.group, "one", (user: { id: number }) => ({ ...user, name: "aa" }));
    server.add(bench.group, "several", async (a: number, b: number) => returns(a + b, a - b));
    await server.run(bench.group);
    const client = await bench.client();
    const none = await client.send(bench.group, "none");
    const one = await client.send(bench.group, "one", [{ id: 1 }]);
    const several = await client.send(bench.group, "several", [5, 3]);
    expect(await none.value()).toBeUndefined();
    expect(await one.value()).toEqual({ id: 1, name: "aa" });
    expect(await several.value()).toEqual([8, 2]);
    const result = await several.result();
    expect([result.get(0), result.getInt64(1), result.retryCount]).toEqual([8, 2n, 0]);
  },
};

export const statusesFollowATask: Behaviour = {
  title: "the status is Sent until a server takes the task, then FirstRunning, then Success",
  async run(bench) {
    const client = await bench.client();
    const task = await client.send(bench.group, "wait");
    expect(await task.status()).toBe(Status.Sent);
    const gate = deferred();
    const server = await bench.server();
    server.add(bench.group, "wait", () => gate.promise);
    const started = next(server, "started");
    await server.run(bench.group);
    await started;
    await until(async () => (await task.status()) === Status.FirstRunning);
    gate.resolve();
    expect((await task.result()).status).toBe(Status.Success);
    expect(await task.status()).toBe(Status.Success);
  },
};

export const manyAreSentAtOnce: Behaviour = {
  title: "sendMany sends tasks of several groups, and gives their handles in order",
  async run(bench) {
    const other = bench.drivers.uniqueGroup();
    const server = await bench.server();
    server.add(bench.group, "add", (a: number, b: number) => a + b);
    server.add(other, "double", (a: number) => 2 * a);
    await server.run(bench.group, { concurrency: 10 });
    await server.run(other, { concurrency: 10 });
    const client = await bench.client();
    const handles = await client.sendMany(
      Array.from({ length: 40 }, (_, n) =>
        n % 2 === 0
          ? { group: bench.group, name: "add", args: [n, 1] }
          : { group: other, name: "double", args: [n] },
      ),
    );
    const values = await Promise.all(handles.map((handle) => handle.value()));
    expect(values).toEqual(Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? n + 1 : 2 * n)));
  },
};
