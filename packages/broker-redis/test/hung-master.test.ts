import { randomUUID } from "node:crypto";
import { Client } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import { describeWithOwnServer, type RedisCluster, startRedisCluster } from "@ytask-internal/test-servers";
import { Cluster } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RedisBroker } from "../src/index.js";

describeWithOwnServer("redis", "on a Cluster one of whose masters hangs", () => {
  let cluster: RedisCluster;
  let connection: Cluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
    // No replica takes over while a test looks.
    for (const index of cluster.nodes.keys())
      await cluster.command(index, "CONFIG", "SET", "cluster-node-timeout", "600000");
    connection = new Cluster(cluster.nodes);
  });
  afterAll(async () => {
    connection.disconnect();
    await cluster.stop();
  });

  /** A new group, on node 0 or on another. */
  async function newGroup(isOnFirst: boolean): Promise<string> {
    for (;;) {
      const group = `hung-${randomUUID()}`;
      const answer = await cluster.command(0, "LLEN", `YTask:Queue:${group}`);
      if (answer.startsWith("MOVED") !== isOnFirst) return group;
    }
  }

  it("a send to a group on another is answered as soon as it is stored", async () => {
    // Only what the test does ends the sends to the one that hangs.
    const broker = new RedisBroker({ client: connection, commandTimeoutMs: 50_000 });
    const client = new Client({ broker, logger: silentLogger });
    const hung = await newGroup(true);
    const well = await newGroup(false);
    const send = (group: string) => client.send(group, "task", [], { sendTimeoutMs: 55_000 });
    await Promise.all([send(hung), send(well)]);
    cluster.pause(0);
    let isHungAnswered = false;
    const sendingToHung = send(hung).then(() => {
      isHungAnswered = true;
    });
    await Promise.all([send(well), send(well)]);
    expect(isHungAnswered).toBe(false);
    cluster.resume(0);
    await sendingToHung;
    expect(await client.counts(hung)).toMatchObject({ waiting: 2 });
    expect(await client.counts(well)).toMatchObject({ waiting: 3 });
    await client.close();
  });
});
