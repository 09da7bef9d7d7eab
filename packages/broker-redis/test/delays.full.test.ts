import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { RedisBackend } from "@ytask/backend-redis";
import { Client, Server } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import { describeWithOwnServer, type RedisServer, startRedis, waitUntil } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RedisBroker } from "../src/index.js";

/** What is wanted at the 99th percentile, in milliseconds: printed, since a machine that is busy may take longer. */
const wantedMs = 50;

describeWithOwnServer("redis", "how late delayed tasks are", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  const open = async () => {
    const drivers = () => ({
      broker: new RedisBroker({ url: redis.url }),
      backend: new RedisBackend({ url: redis.url }),
      logger: silentLogger,
    });
    const group = randomUUID();
    const server = new Server(drivers());
    const lateness: number[] = [];
    server.add(group, "note", (dueAt: number) => {
      lateness.push(Date.now() - dueAt);
    });
    await server.run(group, { concurrency: 10 });
    return { server, client: new Client(drivers()), group, lateness };
  };

  it("never early, with 10,000 due over 10 s", async () => {
    const { server, client, group, lateness } = await open();
    const begin = Date.now() + 3_000;
    for (let from = 0; from < 10_000; from += 500)
      await client.sendMany(
        Array.from({ length: 500 }, (_, index) => {
          const runAt = new Date(begin + from + index);
          return { group, name: "note", args: [runAt.getTime()], options: { runAt } };
        }),
      );
    await waitUntil("all have run", () => lateness.length === 10_000);
    lateness.sort((one, other) => one - other);
    console.log("lateness in ms", {
      least: lateness[0],
      median: lateness[5_000],
      p99: lateness[9_900],
      wanted: wantedMs,
      most: lateness.at(-1),
    });
    // One clock tells both times here, and both are rounded to whole milliseconds.
    expect(lateness[0]).toBeGreaterThanOrEqual(0);
    await server.shutdown();
    await client.close();
  });

  it("never early, each the first one that an idle server gets", async () => {
    const { server, client, group, lateness } = await open();
    for (let time = 0; time < 100; time++) {
      // So long that the server has nothing to do any more.
      await sleep(300);
      const runAt = new Date(Date.now() + 1 + ((time * 7) % 200));
      await client.send(group, "note", [runAt.getTime()], { runAt });
      await waitUntil("it has run", () => lateness.length === time + 1, { intervalMs: 5 });
    }
    lateness.sort((one, other) => one - other);
    console.log("lateness in ms", {
      least: lateness[0],
      median: lateness[50],
      p99: lateness[98],
      wanted: wantedMs,
      most: lateness.at(-1),
    });
    expect(lateness[0]).toBeGreaterThanOrEqual(0);
    await server.shutdown();
    await client.close();
  });
});
