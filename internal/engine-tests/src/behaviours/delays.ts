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
    const after = await client.send(bench.group, "note", ["in 1,200 ms"], { runAfterMs: 1_200 });
    /** Sends one with a delay, and one without before that is due: on a machine that is too slow for it, with a longer one. */
    const sendBoth = async (delayMs: number): Promise<{ name: string; due: number }> => {
      const name = `at a time in ${delayMs} ms`;
      const due = Date.now() + delayMs;
      const later = await client.send(bench.group, "note", [name], { runAt: new Date(due) });
      const atOnce = await client.send(bench.group, "note", [`before ${name}`]);
      const isInTime = Date.now() < due;
      await Promise.all([later.result(), atOnce.result()]);
      return isInTime ? { name, due } : sendBoth(2 * delayMs);
    };
    const { name, due } = await sendBoth(500);
    await after.result();
    expect(order.filter((noted) => noted.endsWith(name))).toEqual([`before ${name}`, name]);
    expect(at.get(name)).toBeGreaterThanOrEqual(due - 5);
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
