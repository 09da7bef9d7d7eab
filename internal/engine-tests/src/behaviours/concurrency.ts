import { expect } from "vitest";
import { deferred } from "../awaiting.js";
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
