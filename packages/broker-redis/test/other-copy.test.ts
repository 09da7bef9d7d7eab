import { describeWithOwnServer, type RedisServer, startRedis } from "@ytask-internal/test-servers";
import { Redis } from "ioredis-6";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RedisBroker, type RedisClient } from "../src/index.js";
import { ackAll, message, subscribe, take } from "./support/subscriber.js";

const queue = "YTask:Queue:other-copy";

describeWithOwnServer("redis", "RedisBroker with a client of another copy of ioredis", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it("sends, takes and settles through duplicates of it", async () => {
    const client = new Redis(redis.url, { lazyConnect: true });
    const broker = new RedisBroker({ client: client as unknown as RedisClient }); // another copy's types are not ours
    await broker.connect();
    const { subscription } = await subscribe(broker, queue);
    await broker.send([message(queue, "a"), message(queue, "b")]);
    const deliveries = await take(subscription, 2);
    expect(deliveries.map(({ body }) => body)).toEqual(["a", "b"]);
    expect(await ackAll(subscription, deliveries)).toEqual(["settled", "settled"]);
    await subscription.close();
    await broker.close();
    client.disconnect();
  });
});
