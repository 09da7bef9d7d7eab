import { brokerConformance, throughGates } from "@ytask/conformance";
import { describeWithOwnServer, type RedisServer, startRedis } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, describe, it } from "vitest";
import { RedisBroker } from "../src/index.js";
import { permissions } from "./support/permissions.js";

const leaseMs = 1_000;
const user = "worker";
const password = "only-for-tests";

describeWithOwnServer("redis", "the Redis broker over TLS, as a user who may use YTask's keys only", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis({ tls: true, password: "of-the-default-user" });
    await redis.command("ACL", "SETUSER", user, "on", `>${password}`, ...permissions);
  });
  afterAll(() => redis.stop());

  brokerConformance(
    { describe, it: it.concurrent },
    {
      capabilities: new RedisBroker().capabilities,
      takenBackWithinMs: leaseMs + 5_000,
      ...throughGates(
        () => `rediss://${user}:${password}@${redis.host}:${redis.port}`,
        (url) => new RedisBroker({ url, leaseMs, redis: { tls: { ca: redis.certificateAuthority } } }),
      ),
    },
  );
});
