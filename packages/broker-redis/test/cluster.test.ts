import { randomUUID } from "node:crypto";
import { RedisBackend } from "@ytask/backend-redis";
import { Client, Server } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import {
  describeWithOwnServer,
  type RedisCluster,
  startRedisCluster,
  untilSucceeds,
  waitUntil,
} from "@ytask-internal/test-servers";
import { Cluster } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RedisBroker } from "../src/index.js";
import { message, subscribe, take } from "./support/subscriber.js";

describeWithOwnServer("redis", "on a Cluster", () => {
  let cluster: RedisCluster;
  let connection: Cluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
    connection = new Cluster(cluster.nodes);
  });
  afterAll(async () => {
    connection.disconnect();
    await cluster.stop();
  });

  it("a client's options for numbers as texts, and for a reconnect after each error, are not taken over", async () => {
    const pattern = new Cluster(cluster.nodes, {
      lazyConnect: true,
      redisOptions: { stringNumbers: true, reconnectOnError: () => 2 },
    });
    const broker = new RedisBroker({ client: pattern });
    const queue = "YTask:Queue:cluster-options";
    await broker.connect();
    // Each node then answers that it does not know the script.
    for (const index of [0, 1, 2]) await cluster.command(index, "SCRIPT", "FLUSH");
    await broker.send([message(queue, "a")]);
    expect(await broker.counts(queue)).toEqual({ waiting: 1, delayed: 0, running: 0, dead: 0 });
    await broker.close();
    pattern.disconnect();
  });

  it("what a dead server held is found without its lease", async () => {
    const broker = new RedisBroker({ client: connection });
    await broker.connect();
    const queues = Array.from({ length: 9 }, () => `YTask:Queue:cluster-${randomUUID()}`);
    const found = queues.map(async (queue) => {
      await connection.hset(`{${queue}}:ts1:consumer:gone.1`, "1", "held");
      await connection.zadd(`{${queue}}:ts1:consumers`, 1, "gone.1");
      const { subscription } = await subscribe(broker, queue);
      return (await take(subscription, 1)).map(({ body }) => body);
    });
    expect(await Promise.all(found)).toEqual(queues.map(() => ["held"]));
    await broker.close();
  });

  it("groups on every node go on after a master died, what was sent before included", async () => {
    const groups = Array.from({ length: 9 }, () => `cluster-${randomUUID()}`);
    const drivers = () => ({
      broker: new RedisBroker({ client: connection, leaseMs: 2_000 }),
      backend: new RedisBackend({ client: connection }),
      logger: silentLogger,
    });
    await using server = new Server(drivers());
    const ran = new Set<string>();
    for (const group of groups) {
      server.add(group, "note", (number: number) => {
        ran.add(`${group} ${number}`);
        return number;
      });
      await server.run(group, { concurrency: 2 });
    }
    await using client = new Client(drivers());
    const send = (group: string, number: number, runAfterMs = 0) =>
      client.send(group, "note", [number], { runAfterMs });
    for (const group of groups) expect(await send(group, 0).then((task) => task.value())).toBe(0);
    // Due when the master is gone.
    for (const group of groups) await send(group, 1, 4_000);
    // Replication is not waited for by a send; what is lost with a master is documented.
    await waitUntil("the replicas have it all", async () => {
      const states = await Promise.all([0, 1, 2].map((index) => cluster.command(index, "WAIT", "1", "1000")));
      return states.every((replicas) => replicas === "1");
    });
    await cluster.kill(0);
    for (const group of groups) {
      await untilSucceeds("a send is accepted again", () => send(group, 2));
      await waitUntil("the group works again", () => ran.has(`${group} 2`));
    }
    await waitUntil("what was delayed has run", () => groups.every((group) => ran.has(`${group} 1`)));
  });
});
