import { backendConformance, throughGates } from "@ytask/conformance";
import { describeWithServer, type SharedServer, sharedRedis } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, describe, it } from "vitest";
import { RedisBackend } from "../src/index.js";
import { tidyUpRedis } from "./support/tidy-up-redis.js";

describeWithServer("redis", "the Redis backend on one server", () => {
  let redis: SharedServer;
  beforeAll(async () => {
    redis = await sharedRedis();
  });
  afterAll(() => redis.stop());

  backendConformance(
    { describe, it: it.concurrent },
    {
      capabilities: new RedisBackend().capabilities,
      watch: true,
      ...throughGates(
        () => redis.url,
        (url) => new RedisBackend({ url }),
      ),
      tidyUp: (keys) => tidyUpRedis(redis.url, keys),
    },
  );
});
