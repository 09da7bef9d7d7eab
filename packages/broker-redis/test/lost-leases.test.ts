import { randomUUID } from "node:crypto";
import type { Subscription } from "@ytask/core/driver";
import {
  describeWithOwnServer,
  type RedisServer,
  startProxy,
  startRedis,
  waitUntil,
} from "@ytask-internal/test-servers";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { RedisBroker } from "../src/index.js";
import { ackAll, message, subscribe, take } from "./support/subscriber.js";

describeWithOwnServer("redis", "where the leases were deleted", () => {
  let redis: RedisServer;
  let broker: RedisBroker;
  let queue: string;
  const dead: RedisBroker[] = [];
  beforeAll(async () => {
    redis = await startRedis();
    broker = new RedisBroker({ url: redis.url, leaseMs: 1_000 });
    await broker.connect();
  });
  afterAll(async () => {
    await Promise.all([broker, ...dead].map((each) => each.close()));
    await redis.stop();
  });
  beforeEach(async () => {
    queue = `YTask:Queue:${randomUUID()}`;
    await redis.command("CONFIG", "SET", "maxmemory", "0");
  });

  const own = (name: string) => `{${queue}}:ts1:${name}`;

  /** Takes messages from the queue for a server that never comes back, and deletes its lease. */
  async function dieWithoutLease(count: number): Promise<void> {
    const proxy = await startProxy(redis.port);
    const dying = new RedisBroker({ url: `redis://127.0.0.1:${proxy.port}`, leaseMs: 1_000 });
    await dying.connect();
    const { subscription } = await subscribe(dying, queue);
    await take(subscription, count);
    await proxy.close();
    await redis.command("DEL", own("leases"));
    dead.push(dying);
  }

  /** Takes and acknowledges. */
  async function finish(subscription: Subscription, count: number): Promise<unknown> {
    const deliveries = await take(subscription, count);
    expect(new Set(await ackAll(subscription, deliveries))).toEqual(new Set(["settled"]));
    return deliveries.map(({ body, redeliveries }) => [body, redeliveries]);
  }

  const returned = [
    ["a", 1],
    ["b", 1],
  ];

  it.each([
    ["a server that starts later finds what a dead one held", "0"],
    ["and so it does when Redis is at its maxmemory", "1mb"],
  ])("%s", async (_, maxmemory) => {
    await broker.send([message(queue, "a"), message(queue, "b")]);
    await dieWithoutLease(2);
    await redis.command("CONFIG", "SET", "maxmemory", maxmemory);
    const { subscription } = await subscribe(broker, queue);
    expect(await finish(subscription, 2)).toEqual(returned);
    await subscription.close();
  });

  it("a server that was there finds it too, and keeps what it holds itself", async () => {
    const { subscription, lost } = await subscribe(broker, queue);
    await broker.send([message(queue, "held")]);
    const held = await take(subscription, 1);
    await broker.send([message(queue, "a"), message(queue, "b")]);
    await dieWithoutLease(2);
    expect(await finish(subscription, 2)).toEqual(returned);
    expect(lost).toEqual([]);
    expect(await ackAll(subscription, held)).toEqual(["settled"]);
    expect(await broker.counts(queue)).toEqual({ waiting: 0, delayed: 0, running: 0, dead: 0 });
    await subscription.close();
  });

  it("a server that lives gets a lease of its own length from another, before it notices", async () => {
    const patient = new RedisBroker({ url: redis.url, leaseMs: 600_000 });
    await patient.connect();
    const { subscription, lost } = await subscribe(patient, queue);
    await broker.send([message(queue, "a")]);
    const held = await take(subscription, 1);
    const [name = ""] = (await redis.command("ZRANGE", own("leases"), "0", "-1")).split("\n");
    await redis.command("DEL", own("leases"));
    const other = await subscribe(broker, queue);
    const ends = () => redis.command("ZSCORE", own("leases"), name);
    await waitUntil("it has a lease again", async () => (await ends()) !== "");
    const [seconds] = (await redis.command("TIME")).split("\n");
    expect(Number(await ends())).toBeGreaterThan(Number(seconds) * 1_000 + 300_000);
    expect(lost).toEqual([]);
    expect(await ackAll(subscription, held)).toEqual(["settled"]);
    await other.subscription.close();
    await patient.close();
    expect(await redis.command("KEYS", own("*"))).toBe(own("sent"));
  });

  it("a dead server that held nothing is forgotten", async () => {
    await dieWithoutLease(0);
    expect(await redis.command("ZCARD", own("consumers"))).toBe("1");
    const { subscription } = await subscribe(broker, queue);
    const known = async (name: string) => (await redis.command("ZRANGE", own(name), "0", "-1")).split("\n");
    await waitUntil("one is known", async () => (await known("consumers")).length === 1);
    expect(await known("consumers")).toEqual(await known("leases"));
    await subscription.close();
  });
});
