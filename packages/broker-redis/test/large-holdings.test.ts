import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { afterEach, expect, it, vi } from "vitest";
import { leave } from "../src/scripts/leave.js";
import { recover } from "../src/scripts/recover.js";
import { ackAll, message, subscribe, take } from "./support/subscriber.js";
import { describeWithBroker } from "./support/with-broker.js";

/** More than one call moves. */
const count = 20;
const inOrder = [...Array(count).keys()];
const bodies = inOrder.map((index) => `${index}`.padEnd(1_000_000, " "));

describeWithBroker("what is too much for one call", (shared) => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("of a consumer that is gone, comes back in order, each once more, though who returned it died midway", async () => {
    const queue = `YTask:Queue:${randomUUID()}`;
    const own = `{${queue}}:ts1`;
    const client = new Redis(shared.redis.url);
    for (const [index, body] of bodies.entries())
      await client.hset(`${own}:consumer:gone.1`, `${index + 1}`, body);
    await client.zadd(`${own}:leases`, 1, "gone.1");
    const keys = [
      `${own}:leases`,
      `${own}:consumers`,
      `${own}:consumer:gone.1`,
      `${own}:consumer:half`,
      `${own}:returned`,
    ];
    const [moved, left] = (await recover.run(client, keys, ["gone.1", "1", "half", 5_000])) as [
      number,
      number,
    ];
    expect(moved).toBeGreaterThan(0);
    expect(left).toBeGreaterThan(0);
    expect(moved + left).toBe(count);
    // Should the consumer live after all, it has to find that its lease is lost.
    expect(await client.zrange(`${own}:leases`, 0, -1)).toEqual(["half"]);
    expect(await recover.run(client, keys, ["gone.1", "1", "other", 5_000])).toBeNull();
    await client.zadd(`${own}:leases`, 1, "half");

    const runs = vi.spyOn(recover, "run");
    const { subscription } = await subscribe(shared.broker, queue);
    const taken = await take(subscription, count);
    expect(taken.map(({ body }) => Number(body))).toEqual(inOrder);
    expect(taken.every(({ redeliveries }) => redeliveries === 1)).toBe(true);
    expect(runs.mock.calls.length).toBeGreaterThan(1);
    await ackAll(subscription, taken);
    await subscription.close();
    expect(await client.zcard(`${own}:leases`)).toBe(0);
    client.disconnect();
  });

  it("of a consumer that leaves, goes back in order, and meanwhile nothing of it can be settled", async () => {
    const queue = `YTask:Queue:${randomUUID()}`;
    await shared.broker.send(bodies.map((body) => message(queue, body)));
    const { subscription, lost } = await subscribe(shared.broker, queue);
    const taken = await take(subscription, count);
    const run = leave.run.bind(leave);
    const lefts: unknown[] = [];
    vi.spyOn(leave, "run").mockImplementation(async (...args) => {
      const left = await run(...args);
      lefts.push(left);
      if (lefts.length === 1) {
        expect(await ackAll(subscription, taken)).toEqual(taken.map(() => "lost"));
        expect(lost).toEqual(taken);
      }
      return left;
    });
    await subscription.close();
    expect(lefts.length).toBeGreaterThan(2);
    expect(lefts.at(-1)).toBe(0);
    expect(await shared.redis.command("ZCARD", `{${queue}}:ts1:leases`)).toBe("0");

    const next = await subscribe(shared.broker, queue);
    const again = await take(next.subscription, count);
    expect(again.map(({ body }) => Number(body))).toEqual(inOrder);
    await ackAll(next.subscription, again);
    await next.subscription.close();
  });
});
