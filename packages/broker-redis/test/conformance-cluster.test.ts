import { brokerConformance } from "@ytask/conformance";
import { describeWithOwnServer, type RedisCluster, startRedisCluster } from "@ytask-internal/test-servers";
import { Cluster } from "ioredis";
import { afterAll, beforeAll, describe, it } from "vitest";
import { RedisBroker } from "../src/index.js";

const leaseMs = 1_000;

describeWithOwnServer("redis", "the Redis broker on a Cluster", () => {
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

  brokerConformance(
    { describe, it: it.concurrent },
    {
      create: () => new RedisBroker({ client, leaseMs }),
      capabilities: new RedisBroker().capabilities,
      takenBackWithinMs: leaseMs + 5_000,
      connection: {
        missing: "the nodes of a Cluster name their own addresses, past any gate; see cluster.test.ts",
      },
    },
  );
});
