import { RedisBackend } from "@ytask/backend-redis";
import { RedisBroker } from "@ytask/broker-redis";
import { Client, Server } from "@ytask/core";
import { describeWithOwnServer, type RedisServer, startRedis } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";

const tasks = 2_000;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** How often scripts were called, each a round trip of its own: what does not depend on the machine's speed. */
async function scriptCalls(redis: RedisServer): Promise<number> {
  const statistics = String(await redis.command("INFO", "commandstats"));
  const [, calls = "0"] = /cmdstat_evalsha:calls=(\d+)/.exec(statistics) ?? [];
  return Number(calls);
}

describeWithOwnServer("redis", "what a task costs Redis", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  const drivers = () => ({
    broker: new RedisBroker({ url: redis.url }),
    backend: new RedisBackend({ url: redis.url }),
    logger: quiet,
  });

  it("few calls for a bulk send: one or two for 500 messages, and as many for their statuses", async () => {
    await using client = new Client(drivers());
    await client.send("bulk", "none", []);
    const before = await scriptCalls(redis);
    for (let sent = 0; sent < tasks; sent += 500)
      await client.sendMany(Array.from({ length: 500 }, () => ({ group: "bulk", name: "none", args: [] })));
    expect((await scriptCalls(redis)) - before).toBeLessThanOrEqual((tasks / 500) * 4);
  });

  it("less than one call in five tasks, from receipt to stored result, at concurrency 100", async () => {
    await using client = new Client(drivers());
    await client.sendMany(Array.from({ length: tasks }, () => ({ group: "run", name: "add", args: [1, 2] })));
    await using server = new Server(drivers());
    let done = 0;
    const all = new Promise<void>((resolve) => {
      server.on("succeeded", () => {
        if (++done === tasks) resolve();
      });
    });
    server.add("run", "add", async (a: number, b: number) => a + b);
    const before = await scriptCalls(redis);
    await server.run("run", { concurrency: 100 });
    await all;
    expect(((await scriptCalls(redis)) - before) / tasks).toBeLessThan(0.2);
  });
});
