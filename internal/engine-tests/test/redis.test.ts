import { randomUUID } from "node:crypto";
import { RedisBackend } from "@ytask/backend-redis";
import { RedisBroker } from "@ytask/broker-redis";
import { describeWithServer, sharedRedis } from "@ytask-internal/test-servers";
import { engineBehaviours } from "../src/index.js";
import { Gates } from "./gates.js";

describeWithServer("redis", "with Redis", () => {
  engineBehaviours("Redis", async () => {
    const redis = await sharedRedis();
    const gates = new Gates(redis.url, (url) => new RedisBroker({ url, leaseMs: 2_000 }));
    return {
      ...gates.drivers,
      backend: () => new RedisBackend({ url: redis.url }),
      uniqueGroup: () => `engine-${randomUUID()}`,
      async stop() {
        await gates.close();
        await redis.stop();
      },
    };
  });
});
