import { backendConformance, throughGates } from "@ytask/conformance";
import { describeWithOwnServer, type RedisServer, startRedis } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, describe, it } from "vitest";
import { RedisBackend } from "../src/index.js";

const user = "worker";
const password = "only-for-tests";
/** What the README says that a user needs. */
const permissions = [
  ...["~YTask:*", "&ytask:ts1:set:*", "-@all", "+@connection", "+@string", "+@pubsub", "+@scripting"],
  ...["+info", "+time", "+exists"],
];

describeWithOwnServer(
  "redis",
  "the Redis backend over TLS, as a user who may use YTask's keys and channels only",
  () => {
    let redis: RedisServer;
    beforeAll(async () => {
      redis = await startRedis({ tls: true, password: "of-the-default-user" });
      await redis.command("ACL", "SETUSER", user, "on", `>${password}`, ...permissions);
    });
    afterAll(() => redis.stop());

    backendConformance(
      { describe, it: it.concurrent },
      {
        capabilities: new RedisBackend().capabilities,
        watch: true,
        ...throughGates(
          () => `rediss://${user}:${password}@${redis.host}:${redis.port}`,
          (url) => new RedisBackend({ url, redis: { tls: { ca: redis.certificateAuthority } } }),
        ),
      },
    );
  },
);
