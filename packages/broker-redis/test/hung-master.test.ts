import { randomUUID } from "node:crypto";
import { Client, Server } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import {
  describeWithOwnServer,
  type RedisCluster,
  startRedisCluster,
  waitUntil,
} from "@ytask-internal/test-servers";
import { Cluster } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RedisBroker } from "../src/index.js";
import { message, subscribe, take } from "./support/subscriber.js";

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

  it("a broker connects, and serves groups on the others", async () => {
    const well = await newGroup(false);
    cluster.pause(0);
    const broker = new RedisBroker({ client: connection });
    await broker.connect();
    const queue = `YTask:Queue:${well}`;
    await broker.send([message(queue, "a")]);
    const { subscription } = await subscribe(broker, queue);
    expect(await take(subscription, 1)).toMatchObject([{ body: "a" }]);
    cluster.resume(0);
    await broker.close();
  });

  it("a task whose next step goes there holds up no other that ends beside it", async () => {
    const drivers = () => ({
      broker: new RedisBroker({ client: connection, commandTimeoutMs: 50_000 }),
      logger: silentLogger,
    });
    await using client = new Client(drivers());
    await using server = new Server(drivers());
    const hung = await newGroup(true);
    const well = await newGroup(false);
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    let begun = 0;
    server.add(well, "run", async () => {
      begun++;
      await ended;
    });
    await server.run(well, { concurrency: 6 });
    await client.sendWorkflow([
      { group: well, name: "run" },
      { group: hung, name: "next" },
    ]);
    for (let count = 0; count < 5; count++) await client.send(well, "run");
    await waitUntil("all run", () => begun === 6);
    cluster.pause(0);
    end();
    const running = async () => (await client.counts(well)).running;
    await waitUntil("all others are settled", async () => (await running()) === 1, { timeoutMs: 30_000 });
    cluster.resume(0);
    await waitUntil("it is settled too", async () => (await running()) === 0);
    expect(await client.counts(hung)).toMatchObject({ waiting: 1 });
  });
});
