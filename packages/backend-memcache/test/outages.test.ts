import { randomUUID } from "node:crypto";
import { Server } from "@ytask/core";
import { ErrorCode, silentLogger, YTaskError } from "@ytask/core/driver";
import { MemoryBroker } from "@ytask/core/memory";
import { outage } from "@ytask-internal/backend-trials";
import {
  describeWithOwnServer,
  type MemcachedServer,
  startMemcached,
  startProxy,
  waitUntil,
} from "@ytask-internal/test-servers";
import { Log } from "@ytask-internal/test-servers/log";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MemcacheBackend } from "../src/index.js";

describeWithOwnServer("memcached", "a memcached that goes away", () => {
  let server: MemcachedServer;
  beforeAll(async () => {
    server = await startMemcached();
  });
  afterAll(() => server?.stop());

  const isStored = async (backend: MemcacheBackend) => {
    const [outcome] = await backend.set([{ key: `YTask:Backend:${randomUUID()}`, value: "1" }]);
    return outcome?.kind === "stored";
  };

  it("is used again by itself when it was restarted, and the log says so", async () => {
    const logger = new Log();
    const backend = new MemcacheBackend({ servers: server.servers });
    await backend.connect({ logger });
    try {
      expect(await isStored(backend)).toBe(true);
      await server.kill();
      const [outcome] = await backend.set([{ key: "YTask:Backend:1", value: "1" }]);
      expect(outcome?.kind === "failed" && YTaskError.isInstance(outcome.error, ErrorCode.Connection)).toBe(
        true,
      );
      await server.start();
      await waitUntil("it stores again", () => isStored(backend));
      expect(logger.lines.map(({ message }) => message)).toEqual([
        expect.stringContaining("broke; connecting again"),
        expect.stringContaining("is connected again"),
      ]);
    } finally {
      await backend.close();
    }
  });

  it("fails the calls that wait for its answer when it ends, without waiting for their time to be over", async () => {
    const backend = new MemcacheBackend({ servers: server.servers, commandTimeoutMs: 600_000 });
    await backend.connect();
    server.pause();
    const waiting = backend.get(["YTask:Backend:1"]);
    await Promise.all([expect(waiting).rejects.toThrow(/cannot be reached/), server.kill()]);
    await backend.close();
    await server.start();
  });

  it("keeps no server from starting where it hangs, and stores results once it does not", async () => {
    const backend = new MemcacheBackend({ servers: server.servers });
    const worker = new Server({ broker: new MemoryBroker(), backend, logger: silentLogger });
    worker.add("g", "run", () => 7);
    const client = worker.client();
    server.pause();
    try {
      await expect(new MemcacheBackend({ servers: server.servers }).connect()).rejects.toMatchObject({
        code: ErrorCode.Connection,
        message: expect.stringContaining("no answer within 1000 ms"),
      });
      await worker.run("g");
    } finally {
      server.resume();
    }
    const isStoredAgain = async () => {
      const task = await client.send("g", "run");
      return task.value({ timeoutMs: 1_000 }).then(
        (value) => value === 7,
        () => false,
      );
    };
    await waitUntil("a result is stored", isStoredAgain);
    await client.close();
    await worker.shutdown();
  });

  it("is tried again after a pause only, where the connection broke as soon as it was made", async () => {
    const proxy = await startProxy(server.port);
    const backend = new MemcacheBackend({ servers: `127.0.0.1:${proxy.port}` });
    let note: () => void = () => undefined;
    const broken = new Promise<void>((resolve) => (note = resolve));
    await backend.connect({ logger: { ...silentLogger, warn: () => note() } });
    proxy.cutAll();
    await broken;
    await expect(backend.get(["YTask:Backend:1"])).rejects.toThrow("cannot be reached");
    await waitUntil("it stores again", () => isStored(backend));
    await backend.close();
    await proxy.close();
  });

  it("is two lines of the log, when it goes and when it is back, however many connections there are", async () => {
    const logger = new Log();
    const backend = new MemcacheBackend({ servers: server.servers, poolSize: 5 });
    await backend.connect({ logger });
    await server.kill();
    await server.start();
    const keys = Array.from({ length: 50 }, (_, index) => `YTask:Backend:${index}`);
    const all = () =>
      backend.get(keys).then(
        () => true,
        () => false,
      );
    await waitUntil("each connection is there again", all);
    await backend.close();
    expect(
      logger.lines.map(({ message }) => message.replace(/127\.0\.0\.1:\d+/g, "it").split(";")[0]),
    ).toEqual([
      "the connection to memcached it broke",
      expect.stringContaining("memcached it is connected again"),
    ]);
  });

  it("costs results and no task while a thousand run", async () => {
    const backend = new MemcacheBackend({ servers: server.servers });
    const { runs } = await outage(backend, { takeAway: () => server.kill(), giveBack: () => server.start() });
    expect(new Set(runs)).toEqual(new Set([1]));
  });

  it("costs results and no task where it hangs", async () => {
    const backend = new MemcacheBackend({ servers: server.servers });
    const { runs } = await outage(backend, {
      takeAway: () => server.pause(),
      giveBack: () => server.resume(),
    });
    expect(new Set(runs)).toEqual(new Set([1]));
  });

  it("costs results and no task where it answers two seconds late", async () => {
    const proxy = await startProxy(server.port);
    const backend = new MemcacheBackend({ servers: `127.0.0.1:${proxy.port}` });
    const { runs } = await outage(backend, {
      takeAway: () => proxy.delay(2_000),
      giveBack: () => proxy.pass(),
    });
    expect(new Set(runs)).toEqual(new Set([1]));
    await proxy.close();
  });
});
