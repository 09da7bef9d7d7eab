import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemcacheBackend } from "@ytask/backend-memcache";
import { MongoBackend } from "@ytask/backend-mongo";
import { RedisBackend } from "@ytask/backend-redis";
import { RabbitMqBroker } from "@ytask/broker-rabbitmq";
import { RedisBroker } from "@ytask/broker-redis";
import type { Backend, Broker } from "@ytask/core/driver";
import { MemoryBackend, MemoryBroker } from "@ytask/core/memory";
import { FileBackend, FileBroker } from "@ytask-examples/06-custom-driver";
import {
  describeWithServer,
  sharedMemcached,
  sharedMongo,
  sharedRabbitMq,
  sharedRedis,
} from "@ytask-internal/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serverAndClient } from "../src/running.js";

/** What the README promises of each of them: tasks that are sent, delayed and retried, and whose results are read. */
async function runsTheDemo(drivers: { broker: Broker; backend: Backend }): Promise<void> {
  const group = `readme-${randomUUID()}`;
  const tasks = { [group]: { add: (a: number, b: number) => a + b } };
  const { client } = await serverAndClient(tasks, {
    ...drivers,
    statusExpires: 60 * 5,
    resultExpires: 60 * 5,
  });
  const task = await client.send(group, "add", [123, 44]);
  expect((await client.getResult(task.id)).getInt64(0)).toBe(167n);
  const delayed = await client.send(group, "add", [1, 2], { runAfterMs: 100 });
  expect(await delayed.value()).toBe(3);
}

describeWithServer("redis", "redisBroker and redisBackend", () => {
  let redis: Awaited<ReturnType<typeof sharedRedis>>;
  beforeAll(async () => {
    redis = await sharedRedis();
  });
  afterAll(() => redis?.stop());

  it("take host, port, password and database as a URL", () =>
    runsTheDemo({
      broker: new RedisBroker({ url: redis.url }),
      backend: new RedisBackend({ url: redis.url }),
    }));

  it("take them as options too", () => {
    const { hostname: host, port, password } = new URL(redis.url);
    const settings = { host, port: Number(port), db: 0, ...(password === "" ? {} : { password }) };
    return runsTheDemo({
      broker: new RedisBroker({ redis: settings }),
      backend: new RedisBackend({ redis: settings }),
    });
  });
});

describeWithServer("rabbitmq", "rabbitMqBroker", () => {
  let rabbitMq: Awaited<ReturnType<typeof sharedRabbitMq>>;
  beforeAll(async () => {
    rabbitMq = await sharedRabbitMq();
  });
  afterAll(() => rabbitMq?.stop());

  it.each(["classic", "quorum"] as const)(
    "takes host, port, user and password as a URL; %s queues",
    (queueType) =>
      runsTheDemo({
        broker: new RabbitMqBroker({ url: rabbitMq.url, queueType }),
        backend: new MemoryBackend(),
      }),
  );
});

describeWithServer("memcached", "memCacheBackend", () => {
  let memcached: Awaited<ReturnType<typeof sharedMemcached>>;
  beforeAll(async () => {
    memcached = await sharedMemcached();
  });
  afterAll(() => memcached?.stop());

  it("takes hosts and ports, and the size of its pool", () =>
    runsTheDemo({
      broker: new MemoryBroker(),
      backend: new MemcacheBackend({ servers: memcached.servers, poolSize: 10 }),
    }));
});

describeWithServer("mongo", "mongoBackend", () => {
  let mongo: Awaited<ReturnType<typeof sharedMongo>>;
  beforeAll(async () => {
    mongo = await sharedMongo();
  });
  afterAll(() => mongo?.stop());

  it("takes a URL, a database and a collection", () =>
    runsTheDemo({
      broker: new MemoryBroker(),
      backend: new MongoBackend({ url: mongo.url, database: "task", collection: "task", poolSize: 10 }),
    }));
});

describe("自定义broker and 自定义backend (custom ones)", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ytask-custom-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("are as good as ours", () =>
    runsTheDemo({
      broker: new FileBroker({ file: join(folder, "tasks.json") }),
      backend: new FileBackend({ file: join(folder, "results.json") }),
    }));
});
