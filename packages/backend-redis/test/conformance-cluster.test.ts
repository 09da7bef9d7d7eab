import { backendConformance } from "@ytask/conformance";
import { describeWithOwnServer, type RedisCluster, startRedisCluster } from "@ytask-internal/test-servers";
import { Cluster } from "ioredis";
import { afterAll, beforeAll, describe, it } from "vitest";
import { RedisBackend } from "../src/index.js";

describeWithOwnServer("redis", "the Redis backend on a Cluster", () => {
  let cluster: RedisCluster;
  let client: Cluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
    client = new Cluster(cluster.nodes);
  });
  afterAll(async () => {
    await client.quit();
    await cluster.stop();
  });

  backendConformance(
    { describe, it: it.concurrent },
    {
      create: () => new RedisBackend({ client }),
      capabilities: new RedisBackend().capabilities,
      watch: true,
      connection: {
        missing: "the nodes of a Cluster name their own addresses, past any gate; see cluster.test.ts",
      },
    },
  );
});
