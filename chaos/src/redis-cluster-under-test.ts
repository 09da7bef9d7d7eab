import { setTimeout as sleep } from "node:timers/promises";
import { type RedisCluster, startProxy, startRedisCluster, waitUntil } from "@ytask-internal/test-servers";
import type { BrokerUnderTest } from "./broker-under-test.js";
import { group } from "./settings.js";
import { swallowFor } from "./swallow.js";

/**
 * Six nodes. A replica takes over only when it is told to: a failover after a crash loses what the dead master had
 * confirmed and not yet replicated, whatever its clients do, so nothing is promised of one.
 */
export async function startClusterUnderTest(leaseMs: number): Promise<BrokerUnderTest> {
  const cluster = await startRedisCluster();
  await Promise.all(cluster.nodes.map((_, index) => keepReplica(cluster, index)));
  const proxies = await Promise.all(cluster.nodes.map(({ port }) => startProxy(port)));
  const nodes = proxies.map(({ port }) => ({ host: "127.0.0.1", port }));
  const natMap = Object.fromEntries(
    cluster.nodes.map(({ host, port }, index) => [`${host}:${port}`, nodes[index] ?? { host, port }]),
  );
  return {
    address: { kind: "redis-cluster", nodes, natMap, leaseMs },
    async restart(downMs) {
      const { master } = await rolesOf(cluster);
      await cluster.kill(master);
      await sleep(downMs);
      await cluster.start(master);
      await keepReplica(cluster, master);
      await waitUntil("the cluster serves again", async () =>
        (await cluster.command(master, "CLUSTER", "INFO")).includes("cluster_state:ok"),
      );
    },
    async killConnections() {
      await Promise.all(
        cluster.nodes.map((_, index) => cluster.command(index, "CLIENT", "KILL", "TYPE", "normal")),
      );
      return undefined;
    },
    swallow: (forMs) => swallowFor(proxies, forMs),
    async failOver() {
      const { replica } = await rolesOf(cluster);
      await cluster.command(replica, "CLUSTER", "FAILOVER");
      await waitUntil("the replica has taken over", async () => (await rolesOf(cluster)).master === replica);
    },
    async stop() {
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await cluster.stop();
    },
  };
}

/** Node by node, since a node forgets it with its process. */
const keepReplica = (cluster: RedisCluster, index: number): Promise<string> =>
  cluster.command(index, "CONFIG", "SET", "cluster-replica-no-failover", "yes");

/** Which nodes are master and replica of the slot that the group's queue is in. */
async function rolesOf(cluster: RedisCluster): Promise<{ master: number; replica: number }> {
  const slot = Number(await cluster.command(0, "CLUSTER", "KEYSLOT", `YTask:Queue:${group}`));
  const lines = (await cluster.command(0, "CLUSTER", "NODES")).split("\n").map((line) => line.split(" "));
  // A line: id, address, flags, the id of its master, four numbers, and ranges of slots.
  const master = lines.find((fields) => fields.slice(8).some((range) => holds(range, slot)));
  const replica = lines.find((fields) => fields[3] === master?.[0]);
  const indexOf = (fields: readonly string[] | undefined): number => {
    const port = Number(/:(\d+)@/.exec(fields?.[1] ?? "")?.[1]);
    return cluster.nodes.findIndex((node) => node.port === port);
  };
  return { master: indexOf(master), replica: indexOf(replica) };
}

function holds(range: string, slot: number): boolean {
  const [first = Number.NaN, last = first] = range.split("-").map(Number);
  return first <= slot && slot <= last;
}
