import { brokerConformance, throughGates } from "@ytask/conformance";
import { describeWithServer, type SharedServer, sharedRedis } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, describe, it } from "vitest";
import { RedisBroker } from "../src/index.js";
import { tidyUpRedis } from "./support/tidy-up-redis.js";

const leaseMs = 1_000;

describeWithServer("redis", "the Redis broker on one server", () => {
  let redis: SharedServer;
  beforeAll(async () => {
    redis = await sharedRedis();
  });
  afterAll(() => redis.stop());

  brokerConformance(
    { describe, it: it.concurrent },
    {
      capabilities: new RedisBroker().capabilities,
      takenBackWithinMs: leaseMs + 5_000,
      ...throughGates(
        () => redis.url,
        (url) => new RedisBroker({ url, leaseMs }),
      ),
      tidyUp: (queues) => tidyUpRedis(redis.url, queues),
    },
  );
});
