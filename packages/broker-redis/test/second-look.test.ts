import { randomUUID } from "node:crypto";
import { describeWithOwnServer, type RedisServer, startRedis, waitUntil } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RedisBroker } from "../src/index.js";
import { subscribe, take } from "./support/subscriber.js";

const secondLookMs = 3_000;

describeWithOwnServer("redis", "a consumer whose lease ran out", () => {
  let redis: RedisServer;
  let broker: RedisBroker;
  beforeAll(async () => {
    redis = await startRedis();
    broker = new RedisBroker({ url: redis.url });
    await broker.connect();
  });
  afterAll(async () => {
    await broker.close();
    await redis.stop();
  });

  /** Makes a consumer that is gone: its lease is over, and it held one message. */
  async function abandon(queue: string): Promise<void> {
    const own = `{${queue}}:ts1`;
    await redis.command("HSET", `${own}:consumer:gone.1`, "1", "held", "2.4", "held often");
    await redis.command("ZADD", `${own}:leases`, "1", "gone.1");
  }

  it("keeps what it held until it was seen twice, three seconds apart; then each comes once more", async () => {
    const queue = `YTask:Queue:${randomUUID()}`;
    const { subscription } = await subscribe(broker, queue);
    const abandonedAt = performance.now();
    await abandon(queue);
    const deliveries = await take(subscription, 2);
    expect(performance.now() - abandonedAt).toBeGreaterThanOrEqual(secondLookMs);
    expect(deliveries.map(({ body, redeliveries }) => [body, redeliveries])).toEqual([
      ["held", 1],
      ["held often", 5],
    ]);
    await subscription.close();
  });

  it("is looked at anew after the connection of the one who looks broke", async () => {
    const queue = `YTask:Queue:${randomUUID()}`;
    const { subscription } = await subscribe(broker, queue);
    await abandon(queue);
    await new Promise((resolve) => setTimeout(resolve, secondLookMs / 2));
    await redis.command("CLIENT", "KILL", "TYPE", "normal");
    const brokeAt = performance.now();
    await take(subscription, 2);
    expect(performance.now() - brokeAt).toBeGreaterThanOrEqual(secondLookMs);
    await subscription.close();
  });

  it("keeps what it held when it renews its lease between the two looks", async () => {
    const queue = `YTask:Queue:${randomUUID()}`;
    const { subscription } = await subscribe(broker, queue);
    await abandon(queue);
    await new Promise((resolve) => setTimeout(resolve, secondLookMs / 2));
    await redis.command("ZADD", `{${queue}}:ts1:leases`, "2", "gone.1");
    const renewedAt = performance.now();
    await waitUntil("it is given up", async () => (await broker.counts(queue)).running === 0);
    expect(performance.now() - renewedAt).toBeGreaterThanOrEqual(secondLookMs);
    await subscription.close();
  });
});
