import { brokerConformance } from "@ytask/conformance";
import { ErrorCode } from "@ytask/core/driver";
import { describeWithOwnServer, type RedisCluster, startRedisCluster } from "@ytask-internal/test-servers";
import { Cluster } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RedisBroker } from "../src/index.js";
import { permissions, permissionsInCluster } from "./support/permissions.js";

const leaseMs = 1_000;
const username = "worker";
const password = "only-for-tests";

describeWithOwnServer(
  "redis",
  "the Redis broker on a Cluster, as a user who may use YTask's keys only",
  () => {
    let cluster: RedisCluster;
    let client: Cluster;
    beforeAll(async () => {
      cluster = await startRedisCluster();
      const user = [username, "on", `>${password}`, ...permissions, ...permissionsInCluster];
      for (const index of cluster.nodes.keys()) await cluster.command(index, "ACL", "SETUSER", ...user);
      client = new Cluster(cluster.nodes, { redisOptions: { username, password } });
    });
    afterAll(async () => {
      await client.quit();
      await cluster.stop();
    });

    it("names a wrong password as the cause", async () => {
      const wrong = new Cluster(cluster.nodes, {
        redisOptions: { username, password: "another" },
        clusterRetryStrategy: () => null,
      });
      wrong.on("error", () => undefined);
      await expect(new RedisBroker({ client: wrong }).connect()).rejects.toMatchObject({
        code: ErrorCode.AccessRefused,
      });
      wrong.disconnect();
    });

    it("is asked for where one node is given for a server of its own", async () => {
      const [node] = cluster.nodes;
      await expect(
        new RedisBroker({ url: `redis://${node?.host}:${node?.port}` }).connect(),
      ).rejects.toMatchObject({
        code: ErrorCode.InvalidArgument,
        message: expect.stringContaining("give a Cluster of ioredis as client"),
      });
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
  },
);
