import { expect } from "vitest";
import { until } from "../awaiting.js";
import type { Behaviour } from "../behaviour.js";

export const delaysAreNeverEarly: Behaviour = {
  title: "runAfterMs and runAt keep a task back, and nothing that is due waits behind it",
  async run(bench) {
    const order: string[] = [];
    const at = new Map<string, number>();
    const server = await bench.server();
    server.add(bench.group, "note", (name: string) => {
      order.push(name);
      at.set(name, Date.now());
    });
    await server.run(bench.group);
    const client = await bench.client();
    const sentAt = Date.now();
    const due = new Date(sentAt + 500);
    const tasks = [
      await client.send(bench.group, "note", ["in 1,200 ms"], { runAfterMs: 1_200 }),
      await client.send(bench.group, "note", ["at a time"], { runAt: due }),
      await client.send(bench.group, "note", ["at once"]),
    ];
    await Promise.all(tasks.map((task) => task.result()));
    expect(order[0]).toBe("at once");
    expect(at.get("at a time")).toBeGreaterThanOrEqual(due.getTime() - 5);
    expect(at.get("in 1,200 ms")).toBeGreaterThanOrEqual(sentAt + 1_195);
  },
};

export const delayedTasksAreCounted: Behaviour = {
  title: "counts tells how many tasks wait and are delayed, where the broker can",
  async run(bench) {
    const client = await bench.client();
    await client.send(bench.group, "now");
    await client.send(bench.group, "later", [], { runAfterMs: 3_000 });
    const expected = (count: number | undefined) => count === undefined || count === 1;
    await until(async () => {
      const { waiting, delayed } = await client.counts(bench.group);
      return expected(waiting) && expected(delayed);
    });
  },
};
