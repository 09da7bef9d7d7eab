import { expect } from "vitest";
import { deferred, until } from "../awaiting.js";
import type { Behaviour } from "../behaviour.js";

export const eachGroupHasItsConcurrency: Behaviour = {
  title: "each group of a server runs as many tasks at a time as it was given, and never more",
  async run(bench) {
    const limits = new Map([
      [bench.group, 3],
      [bench.drivers.uniqueGroup(), 1],
    ]);
    const server = await bench.server();
    const client = await bench.client();
    const most = new Map<string, number>();
    for (const [group, limit] of limits) {
      let running = 0;
      const isFull = deferred();
      server.add(group, "work", async () => {
        running++;
        most.set(group, Math.max(most.get(group) ?? 0, running));
        if (running >= limit) isFull.resolve();
        await isFull.promise;
        await new Promise((resolve) => setImmediate(resolve));
        running--;
      });
      await server.run(group, { concurrency: limit });
    }
    const requests = [...limits.keys()].flatMap((group) =>
      Array.from({ length: 100 }, () => ({ group, name: "work", args: [] })),
    );
    const handles = await client.sendMany(requests);
    await Promise.all(handles.map((handle) => handle.result()));
    expect(most).toEqual(limits);
  },
};

export const longTasksAreLeftToWhoHasRoom: Behaviour = {
  title: "a server does not keep tasks that it has no room for, while another server has",
  async run(bench) {
    const concurrency = 30;
    const mayEnd = deferred();
    const running = [0, 0];
    const start = async (index: 0 | 1) => {
      const server = await bench.server();
      server.add(bench.group, "work", async () => {
        running[index] = (running[index] ?? 0) + 1;
        await mayEnd.promise;
      });
      await server.run(bench.group, { concurrency });
    };
    const client = await bench.client();
    const request = { group: bench.group, name: "work", args: [] };
    const handles = await client.sendMany(Array.from({ length: 2 * concurrency }, () => request));
    await start(0);
    await until(() => running[0] === concurrency);
    await start(1);
    await until(() => running[1] === concurrency);
    mayEnd.resolve();
    await Promise.all(handles.map((handle) => handle.result()));
    expect(running).toEqual([concurrency, concurrency]);
  },
};
