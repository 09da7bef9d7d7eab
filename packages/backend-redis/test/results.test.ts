import { randomUUID } from "node:crypto";
import { ErrorCode } from "@ytask/core/driver";
import {
  describeWithOwnServer,
  type RedisServer,
  startProxy,
  startRedis,
  untilSucceeds,
  waitUntil,
} from "@ytask-internal/test-servers";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RedisBackend } from "../src/index.js";

const result = (id: string, status: number): string =>
  `{"Id":"${id}","Status":${status},"FuncReturn":null,"RetryCount":0,"Workflow":null,"Err":""}`;

describeWithOwnServer("redis", "the Redis backend", () => {
  let server: RedisServer;
  let backend: RedisBackend;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
    backend = new RedisBackend({ url: server.url });
    await backend.connect();
  });
  afterAll(async () => {
    await backend.close();
    await redis.quit();
    await server.stop();
  });
  const key = () => `YTask:Backend:${randomUUID()}`;

  it("announces finished results and not that a task runs", async () => {
    const own = key();
    let calls = 0;
    const unwatch = await backend.watch(own, () => calls++);
    await backend.set([{ key: own, value: result("1", 1), unless: "finished" }]);
    // On the watching connection, so that an announcement of the first would have come before that of the second.
    await backend.set([{ key: own, value: result("1", 4), unless: "finished" }]);
    await waitUntil("the result is announced", () => calls > 0);
    expect(calls).toBe(1);
    await unwatch();
  });

  it("stores as the Go original does: a plain value that expires", async () => {
    const own = key();
    await backend.set([{ key: own, value: result("1", 4), expiresInSeconds: 100 }]);
    expect(await redis.get(own)).toBe(result("1", 4));
    expect(await redis.ttl(own)).toBeGreaterThan(98);
  });

  it("tells a key of another type from one that is not there, and stores the others of the call", async () => {
    const [list, free] = [key(), key()];
    await redis.rpush(list, "of somebody else");
    const outcomes = await backend.set([
      { key: list, value: result("1", 4), unless: "finished" },
      { key: free, value: result("2", 4), unless: "finished" },
    ]);
    expect(outcomes).toMatchObject([
      { kind: "failed", error: { code: ErrorCode.UnsupportedServer } },
      { kind: "stored" },
    ]);
    await expect(backend.get([list])).rejects.toMatchObject({ code: ErrorCode.UnsupportedServer });
    expect(await backend.get([free, key()])).toEqual([result("2", 4), undefined]);
  });

  it("stores for a user who may not publish, and tells the one who watches", async () => {
    await server.command("ACL", "SETUSER", "mute", "on", ">pass", "~*", "resetchannels", "+@all");
    const mute = new RedisBackend({ url: `redis://mute:pass@${server.host}:${server.port}` });
    await mute.connect();
    const own = key();
    expect(await mute.set([{ key: own, value: result("1", 4) }])).toEqual([{ kind: "stored" }]);
    await expect(mute.watch(own, () => {})).rejects.toMatchObject({ code: ErrorCode.AccessRefused });
    await mute.close();
  });

  it("does not write what it gave up, however late that arrives, and goes on", async () => {
    const proxy = await startProxy(server.port);
    const delayed = new RedisBackend({ url: `redis://127.0.0.1:${proxy.port}`, commandTimeoutMs: 1_000 });
    await delayed.connect();
    const own = key();
    // Slower than the call may take: given up here, and refused there when it arrives.
    proxy.delay(1_200);
    const [outcome] = await delayed.set([{ key: own, value: result("1", 4) }]);
    expect(outcome).toMatchObject({ kind: "failed", error: { code: ErrorCode.Connection } });
    proxy.pass();
    await waitUntil("a write works again", async () => {
      const [again] = await delayed.set([{ key: key(), value: "x" }]);
      return again?.kind === "stored";
    });
    expect(await redis.get(own)).toBeNull();
    await delayed.close();
    await proxy.close();
  });

  it("waits for the new connection right after a call was given up", async () => {
    const proxy = await startProxy(server.port);
    const own = new RedisBackend({ url: `redis://127.0.0.1:${proxy.port}`, commandTimeoutMs: 1_000 });
    await own.connect();
    proxy.holdAnswers();
    await expect(own.get([key()])).rejects.toMatchObject({ code: ErrorCode.Connection });
    proxy.pass();
    // The old connection is not closed yet.
    expect(await own.set([{ key: key(), value: result("1", 4) }])).toEqual([{ kind: "stored" }]);
    await own.close();
    await proxy.close();
  });

  it("connects anew when its master became a replica, to find the new one", async () => {
    const former = await startRedis();
    const own = new RedisBackend({ url: former.url });
    await own.connect();
    try {
      const connections = async (): Promise<number> =>
        Number(/total_connections_received:(\d+)/.exec(await former.command("INFO", "stats"))?.[1]);
      await former.command("REPLICAOF", server.host, `${server.port}`);
      // Each command of the test is a connection too.
      const before = await connections();
      const [stored] = await own.set([{ key: key(), value: result("1", 4) }]);
      expect(stored).toMatchObject({ kind: "failed", error: { code: ErrorCode.Connection } });
      await untilSucceeds("there is a new connection", () => own.get([key()]));
      expect(await connections()).toBe(before + 2);
    } finally {
      await own.close();
      await former.stop();
    }
  });

  it("fails writes when Redis is at its maxmemory, and says so", async () => {
    await server.command("CONFIG", "SET", "maxmemory", "1mb");
    const [outcome] = await backend.set([{ key: key(), value: result("1", 4), unless: "finished" }]);
    await server.command("CONFIG", "SET", "maxmemory", "0");
    expect(outcome).toMatchObject({ kind: "failed", error: { code: ErrorCode.ServerFull } });
  });
});
