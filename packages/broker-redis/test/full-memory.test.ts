import { ErrorCode } from "@ytask/core";
import { describeWithOwnServer, type RedisServer, startRedis } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RedisBroker } from "../src/index.js";
import { ackAll, message, subscribe, take } from "./support/subscriber.js";

const queue = "YTask:Queue:full";
const leases = `{${queue}}:ts1:leases`;

describeWithOwnServer("redis", "when Redis is at its maxmemory", () => {
  let redis: RedisServer;
  let broker: RedisBroker;
  beforeAll(async () => {
    redis = await startRedis({ arguments: ["--maxmemory-policy", "noeviction"] });
    broker = new RedisBroker({ url: redis.url, leaseMs: 1_000 });
    await broker.connect();
  });
  afterAll(async () => {
    await broker.close();
    await redis.stop();
  });

  it("sends fail and say why, and the server goes on draining, its lease and retries included", async () => {
    const { subscription, lost } = await subscribe(broker, queue);
    await broker.send(Array.from({ length: 100 }, (_, index) => message(queue, `${index}`)));
    await broker.send([message(queue, "due", { delayMs: 100 })]);
    await redis.command("CONFIG", "SET", "maxmemory", "1mb");
    await expect(broker.send([message(queue, "one more")])).rejects.toMatchObject({
      notStored: [0],
      cause: { code: ErrorCode.ServerFull, message: expect.stringMatching(/maxmemory.*drain/) },
    });

    const taken = await take(subscription, 101);
    expect(new Set(taken.map(({ body }) => body)).size).toBe(101);
    // Beyond the lease, so that it must be renewed while Redis is full.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(lost).toEqual([]);
    const [, ends] = (await redis.command("ZRANGE", leases, "0", "-1", "WITHSCORES")).split("\n");
    const [seconds] = (await redis.command("TIME")).split("\n");
    expect(Number(ends)).toBeGreaterThan(Number(seconds) * 1_000);
    const [first, second, third, ...others] = taken;
    if (first === undefined || second === undefined || third === undefined) throw new Error("too few");
    const outcomes = await subscription.settle([
      { delivery: first, kind: "replace", by: [message(queue, "retry", { delayMs: 10 })] },
      { delivery: second, kind: "release" },
      { delivery: third, kind: "deadLetter", reason: "retriesExhausted" },
    ]);
    expect(outcomes).toEqual(["settled", "settled", "settled"]);
    expect(new Set(await ackAll(subscription, others))).toEqual(new Set(["settled"]));
    const again = await take(subscription, 2);
    expect(new Set(again.map(({ body }) => body))).toEqual(new Set(["retry", second.body]));
    await ackAll(subscription, again);
    expect(await broker.counts(queue)).toEqual({ waiting: 0, delayed: 0, running: 0, dead: 1 });

    await redis.command("CONFIG", "SET", "maxmemory", "0");
    await broker.send([message(queue, "room again")]);
    expect((await take(subscription, 1)).map(({ body }) => body)).toEqual(["room again"]);
    await subscription.close();
  });
});
