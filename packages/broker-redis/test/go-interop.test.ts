import { randomUUID } from "node:crypto";
import { RedisBackend } from "@ytask/backend-redis";
import { Client, Server, Status } from "@ytask/core";
import { isFinished, silentLogger } from "@ytask/core/driver";
import { type CaptureFile, capturesOf } from "@ytask-internal/go-captures";
import { describeWithServer, type SharedServer, sharedRedis, waitUntil } from "@ytask-internal/test-servers";
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { RedisBroker } from "../src/index.js";

const messagesFrom = (
  name: CaptureFile,
): readonly { readonly id: string; readonly body: string; readonly delayed: boolean }[] =>
  capturesOf(name).flatMap(({ kind, body, queue = "" }) =>
    kind === "message" && body
      ? [{ id: JSON.parse(body).Id as string, body, delayed: queue.includes(":Delay:") }]
      : [],
  );

const prefixes = { 2: "YTask:Query", 3: "YTask:Queue" } as const;

describeWithServer("redis", "beside Go servers and clients", () => {
  let shared: SharedServer;
  let redis: Redis;
  let group: string;
  beforeAll(async () => {
    shared = await sharedRedis();
    redis = new Redis(shared.url);
  });
  afterAll(async () => {
    await redis.quit();
    await shared.stop();
  });
  beforeEach(() => {
    group = `go-${randomUUID()}`;
  });

  const options = (more: { wireVersion?: 2 | 3; goCompatible?: boolean } = {}) => ({
    broker: new RedisBroker({ url: shared.url }),
    backend: new RedisBackend({ url: shared.url }),
    logger: silentLogger,
    statusExpires: 60,
    resultExpires: 60,
    ...more,
  });

  for (const [version, file] of [
    [3, "messages-v3.0.2"],
    [2, "messages-v2.5.0"],
  ] as const)
    it(`a server runs what Go clients of v${version} send, delayed tasks too, and a Go client finds the results`, async () => {
      const messages = messagesFrom(file);
      for (const { body, delayed } of messages)
        await redis.rpush(`${prefixes[version]}:${delayed ? "Delay:" : ""}${group}`, body);
      await using server = new Server(options({ wireVersion: version, goCompatible: true }));
      const ended = new Set<string>();
      for (const event of ["succeeded", "failed", "expired"] as const)
        server.on(event, ({ id }) => ended.add(id));
      // Steps of workflows that follow go to groups of their own; one task stands for all of the captures'.
      for (const name of new Set(messages.map(({ body }) => JSON.parse(body).WorkerName as string)))
        server.add(group, name, (...values: unknown[]) => values.length);
      await server.run(group, { concurrency: 10 });
      const due = messages.filter(({ body }) => !isInTheFuture(body));
      await waitUntil("all that is due has ended", () => due.every(({ id }) => ended.has(id)));
      await server.shutdown();
      for (const { id, body } of due) {
        const text = (await redis.get(`YTask:Backend:${id}`)) ?? "";
        const { Id, Status: status } = JSON.parse(text) as { Id: string; Status: number };
        expect([Id, body, status]).toEqual([id, body, expect.any(Number)]);
        expect(await redis.ttl(`YTask:Backend:${id}`)).toBeGreaterThan(0);
        await redis.del(`YTask:Backend:${id}`);
      }
    });

  for (const version of [2, 3] as const)
    it(`a Go server of v${version} finds what a client sends, delayed tasks too, and the client its results`, async () => {
      await using client = new Client(options({ wireVersion: version, goCompatible: true }));
      const queue = `${prefixes[version]}:${group}`;
      const task = await client.send(group, "add", [123, 44]);
      const waiting = task.value({ timeoutMs: 20_000, pollIntervalMs: 50 });

      // What a Go worker does: BLPOP, then SET key value EX seconds.
      const [, body = ""] = (await redis.blpop(queue, 5)) ?? [];
      expect(JSON.parse(body)).toMatchObject({ Id: task.id, WorkerName: "add", FuncArgs: ["123", "44"] });
      const result = { Id: task.id, Status: Status.Success, FuncReturn: ["167"], RetryCount: 0 };
      const rest = version === 3 ? { Workflow: null, Err: "" } : {};
      await redis.set(`YTask:Backend:${task.id}`, JSON.stringify({ ...result, ...rest }), "EX", 60);
      expect(await waiting).toBe(167);

      await client.send(group, "add", [1, 2], { runAfterMs: 60_000 });
      const [delayed = ""] = await redis.lrange(`${prefixes[version]}:Delay:${group}`, 0, -1);
      expect(JSON.parse(delayed)).toMatchObject({ WorkerName: "add", FuncArgs: ["1", "2"] });
      await client.send(group, "add", [3, 4], { front: true });
      await client.send(group, "add", [5, 6]);
      expect((await redis.lrange(queue, 0, -1)).map((text) => JSON.parse(text).FuncArgs)).toEqual([
        ["3", "4"],
        ["5", "6"],
      ]);
      await redis.del(queue, `${prefixes[version]}:Delay:${group}`);
    });

  it("a server that stops leaves in the queue what it had not begun, where Go servers find it", async () => {
    const queue = `${prefixes[3]}:${group}`;
    await using client = new Client(options());
    await using server = new Server(options());
    let running = 0;
    server.add(group, "wait", () => {
      running++;
      return new Promise(() => {});
    });
    await server.run(group, { concurrency: 1 });
    for (const number of [1, 2, 3]) await client.send(group, "wait", [number]);
    await waitUntil("one runs", () => running === 1);
    await server.shutdown({ timeoutMs: 100 });
    expect((await redis.lrange(queue, 0, -1)).map((text) => JSON.parse(text).FuncArgs)).toEqual([
      ["1"],
      ["2"],
      ["3"],
    ]);
    await redis.del(queue);
  });

  it("a client reads every result that Go servers of v3 and v2 store", async () => {
    await using client = new Client(options());
    const results = [...capturesOf("results-v3.0.2-redis"), ...capturesOf("results-v2.5.0-redis")].filter(
      ({ kind, key }) => kind === "result" && key?.startsWith("YTask:Backend:") && !key.includes(":Abort:"),
    );
    for (const { key = "", body = "", status } of results) {
      await redis.set(key, body, "EX", 60);
      // A Go server stores "success" after each step of a workflow; it is one when no step is left.
      const meant = status === Status.Success && !isFinished(body) ? Status.Running : status;
      expect(await client.getStatus(key.replace("YTask:Backend:", ""))).toBe(meant);
      await redis.del(key);
    }
  });
});

function isInTheFuture(body: string): boolean {
  const { MsgArgs, TaskCtl } = JSON.parse(body) as Record<string, { RunTime?: string } | undefined>;
  return Date.parse(MsgArgs?.RunTime ?? TaskCtl?.RunTime ?? "") > Date.now();
}
