import { expect, test } from "vitest";
import { describeWithOwnServer, startRedisCluster, waitUntil } from "../src/index.js";

describeWithOwnServer("redis", "a Redis cluster", () => {
  test("serves every slot, and a replica takes over from a killed master", async () => {
    const cluster = await startRedisCluster();
    try {
      const roles = () => Promise.all([3, 4, 5].map((index) => cluster.command(index, "ROLE")));
      expect(cluster.nodes).toHaveLength(6);
      expect(await cluster.command(0, "CLUSTER", "INFO")).toContain("cluster_slots_ok:16384");
      expect((await roles()).join()).not.toContain("master");
      await cluster.kill(0);
      await waitUntil("a replica took over", async () => (await roles()).join().includes("master"));
    } finally {
      await cluster.stop();
    }
  });
});
