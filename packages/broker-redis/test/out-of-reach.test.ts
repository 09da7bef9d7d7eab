import { randomUUID } from "node:crypto";
import { Client, ErrorCode, Server } from "@ytask/core";
import { SendFailed, silentLogger } from "@ytask/core/driver";
import {
  describeWithOwnServer,
  type RedisServer,
  startProxy,
  startRedis,
  untilSucceeds,
  waitUntil,
} from "@ytask-internal/test-servers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RedisBroker } from "../src/index.js";
import { ackAll, message, subscribe, take } from "./support/subscriber.js";

describeWithOwnServer("redis", "while Redis is out of reach", () => {
  let redis: RedisServer;
  const queue = `YTask:Queue:${randomUUID()}`;
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(() => redis.stop());

  it("sends fail within their bound, beyond ten thousand at once, and none is kept for later", async () => {
    const broker = new RedisBroker({ url: redis.url, commandTimeoutMs: 2_000 });
    await broker.connect();
    await redis.kill("SIGKILL");
    const ended: string[] = [];
    const sends: Promise<unknown>[] = [];
    for (let index = 0; index < 15; index++) {
      const sent = broker.send(Array.from({ length: 1_000 }, () => message(queue, "x")));
      sends.push(
        sent.catch((error: unknown) => {
          ended.push(index < 10 ? "waited" : "at once");
          return error;
        }),
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
    const errors = await Promise.all(sends);
    expect(ended).toEqual([...Array(5).fill("at once"), ...Array(10).fill("waited")]);
    for (const error of errors) {
      if (!SendFailed.isInstance(error)) throw new Error(`not a SendFailed: ${error}`);
      expect(error.notStored.length + error.unknown.length).toBe(1_000);
    }
    await redis.start();
    await broker.send([message(queue, "after")]);
    const known = errors.flatMap((error) => (SendFailed.isInstance(error) ? error.notStored : [])).length;
    expect((await broker.counts(queue)).waiting).toBeLessThanOrEqual(15_000 - known + 1);
    await broker.close();
  });

  it("many calls that end unanswered at once end their connection once, and the next one works", async () => {
    const proxy = await startProxy(redis.port);
    const broker = new RedisBroker({ url: `redis://127.0.0.1:${proxy.port}`, commandTimeoutMs: 500 });
    await broker.connect();
    const warnings: Error[] = [];
    const onWarning = (warning: Error): unknown => warnings.push(warning);
    process.on("warning", onWarning);
    proxy.swallow();
    const calls = await Promise.allSettled(Array.from({ length: 30 }, () => broker.counts(queue)));
    expect(calls.map(({ status }) => status)).toEqual(calls.map(() => "rejected"));
    proxy.pass();
    await untilSucceeds("the broker is connected again", () => broker.counts(queue));
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
    await broker.close();
    await proxy.close();
  });

  it("a send waits for a server that comes back within its bound", async () => {
    const broker = new RedisBroker({ url: redis.url });
    await broker.connect();
    await redis.kill("SIGKILL");
    const sent = broker.send([message(queue, "a")]);
    await redis.start();
    await sent;
    expect(await broker.counts(queue)).toMatchObject({ waiting: 1 });
    await broker.close();
  });

  it("a server may be started first: it takes work once Redis is there", async () => {
    await redis.kill("SIGKILL");
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => warnings.push(message) };
    const server = new Server({ broker: new RedisBroker({ url: redis.url }), logger });
    let runs = 0;
    server.add("group", "task", () => {
      runs++;
    });
    const running = server.run("group");
    await waitUntil("the server has tried once", () => warnings.length > 0);
    expect(warnings[0]).toMatch(/cannot reach the broker; trying again/);
    await redis.start();
    await running;
    const client = new Client({ broker: new RedisBroker({ url: redis.url }), logger: silentLogger });
    await client.send("group", "task");
    await waitUntil("the task has run", () => runs === 1);
    await client.close();
    await server.shutdown();
  });

  const outageMs = process.env.YTASK_TEST_FULL ? 30_000 : 2_500;
  it(`for ${outageMs} ms, longer than five servers' leases, nobody's deliveries are taken from it`, async () => {
    const proxies = await Promise.all(Array.from({ length: 5 }, () => startProxy(redis.port)));
    const brokers = proxies.map(
      ({ port }) => new RedisBroker({ url: `redis://127.0.0.1:${port}`, leaseMs: 1_000 }),
    );
    await Promise.all(brokers.map((broker) => broker.connect()));
    await brokers[0]?.send(Array.from({ length: 5 }, (_, index) => message(queue, `${index}`)));
    const subscribers = await Promise.all(brokers.map((broker) => subscribe(broker, queue)));
    const taken = await Promise.all(subscribers.map(({ subscription }) => take(subscription, 1)));

    await redis.kill("SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, outageMs));
    // The first is back before the others, whose leases all look expired to it.
    for (const proxy of proxies.slice(1)) proxy.delay(200);
    await redis.start();
    // Twice as long as a second look takes: who would be taken for dead is by then.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    for (const [index, { subscription, lost }] of subscribers.entries()) {
      expect(lost).toEqual([]);
      expect(await ackAll(subscription, taken[index] ?? [])).toEqual(["settled"]);
    }
    expect(await brokers[0]?.counts(queue)).toEqual({ waiting: 0, delayed: 0, running: 0, dead: 0 });
    await Promise.all(brokers.map((broker) => broker.close()));
    await Promise.all(proxies.map((proxy) => proxy.close()));
  });

  it("a client's send ends with an error soon after its bound, whether it ever connected or not", async () => {
    const { url } = redis;
    const clients = [1, 2].map(() => new Client({ broker: new RedisBroker({ url }), logger: silentLogger }));
    await clients[0]?.send("group", "task");
    await redis.kill("SIGKILL");
    for (const sent of await Promise.allSettled(clients.map((client) => client.send("group", "task"))))
      expect(sent).toMatchObject({ status: "rejected", reason: { code: ErrorCode.SendMessage } });
    await redis.start();
    await Promise.all(clients.map((client) => client.send("group", "task")));
    await Promise.all(clients.map((client) => client.close()));
  });
});
