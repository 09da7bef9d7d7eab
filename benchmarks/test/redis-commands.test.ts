import { RedisBackend } from "@ytask/backend-redis";
import { RedisBroker } from "@ytask/broker-redis";
import { describeWithOwnServer, type RedisServer, startRedis } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Drivers, fill, newClient, runTasks, sendEach } from "./support/run-tasks.js";

describeWithOwnServer("redis", "the commands that Redis carries out", () => {
  let redis: RedisServer;
  let drivers: Drivers;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.stop());

  beforeEach(async () => {
    await redis.command("FLUSHALL");
    drivers = { broker: new RedisBroker({ url: redis.url }), backend: new RedisBackend({ url: redis.url }) };
  });

  /** How often Redis carried out each command since it was last asked to forget that. */
  async function commandCalls(): Promise<(command: string) => number> {
    const stats = await redis.command("INFO", "commandstats");
    return (command) => Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, "m").exec(stats)?.[1] ?? 0);
  }

  it("reserves and settles in batches, and stores and announces each result once", async () => {
    const client = newClient(drivers);
    await fill(client, 1_000);
    await client.getStatus("none");
    await redis.command("CONFIG", "RESETSTAT");
    await runTasks(drivers, 100, 1_000);
    const calls = await commandCalls();
    // One HSET reserves a batch, one HDEL settles one, and each begins with one of nothing. The scripts of loops that go
    // by time do neither.
    expect(calls("hset")).toBeLessThanOrEqual(25);
    expect(calls("hdel")).toBeLessThanOrEqual(75);
    expect(calls("publish")).toBe(1_000);
    // A status on the way is written only where the turn ends before its task does.
    expect(calls("set")).toBeLessThanOrEqual(1_100);
    // The abort flag, and whether a finished result is there.
    expect(calls("get")).toBeLessThanOrEqual(2_200);
    await client.close();
  });

  it("makes few round trips: one for a batch's reserve, flags, results and settle each", async () => {
    const client = newClient(drivers);
    await fill(client, 1_000);
    await client.getStatus("none");
    await redis.command("CONFIG", "RESETSTAT");
    const start = performance.now();
    await runTasks(drivers, 100, 1_000);
    // The promoter, the waker and the renewal call by time, whatever there is to do: at most once in 3 ms together.
    const byTime = (performance.now() - start) / 3;
    expect((await commandCalls())("evalsha")).toBeLessThanOrEqual(100 + byTime);
    await client.close();
  });

  it("stores single sends that are in flight together in one call, and a sendMany of 500 in three", async () => {
    const client = newClient(drivers);
    await redis.command("CONFIG", "RESETSTAT");
    await sendEach(client, 1_000);
    await client.getStatus("none");
    const single = await commandCalls();
    expect(single("rpush")).toBeLessThanOrEqual(20);
    expect(single("set")).toBe(1_000);
    await redis.command("CONFIG", "RESETSTAT");
    await fill(client, 500);
    expect((await commandCalls())("rpush")).toBe(3);
    await client.close();
  });
});
