import { randomUUID } from "node:crypto";
import { ErrorCode, YTaskError } from "@ytask/core/driver";
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
