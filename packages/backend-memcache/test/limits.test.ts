import { randomUUID } from "node:crypto";
import { Client, Server, Status } from "@ytask/core";
import { ErrorCode, YTaskError } from "@ytask/core/driver";
import { MemoryBroker } from "@ytask/core/memory";
import { describeWithOwnServer, type MemcachedServer, startMemcached } from "@ytask-internal/test-servers";
import { Log } from "@ytask-internal/test-servers/log";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MemcacheBackend } from "../src/index.js";

const megabyte = 1_024 * 1_024;

describeWithOwnServer("memcached", "memcached's limits", () => {
  let server: MemcachedServer;
  beforeAll(async () => {
    server = await startMemcached();
  });
  afterAll(() => server?.stop());

  const connected = async (servers = server.servers) => {
    const backend = new MemcacheBackend({ servers });
    await backend.connect();
    return backend;
  };

  it("fail a value above the item size as too large, and leave what the key held", async () => {
    const backend = await connected();
    const key = `YTask:Backend:${randomUUID()}`;
    await backend.set([{ key, value: "before" }]);
    const [large, small] = await backend.set([
      { key, value: "x".repeat(megabyte + 1) },
      { key: `${key}-small`, value: "x" },
    ]);
    expect(large?.kind === "failed" && YTaskError.isInstance(large.error, ErrorCode.TooLarge)).toBe(true);
    expect(large?.kind === "failed" && large.error.message).toMatch(/memcached 127\.0\.0\.1:\d+ .*-I/);
    expect(small).toEqual({ kind: "stored" });
    expect(await backend.get([key])).toEqual(["before"]);
    await backend.close();
  });

  it("fail as too large what the server alone finds too large", async () => {
    const backend = await connected();
    // Less than the item size by itself, more with the item's head.
    const value = "x".repeat(megabyte - 60);
    const [outcome] = await backend.set([{ key: "YTask:Backend:1", value }]);
    expect(outcome?.kind === "failed" && YTaskError.isInstance(outcome.error, ErrorCode.TooLarge)).toBe(true);
    expect(await backend.set([{ key: "YTask:Backend:1", value: "x" }])).toEqual([{ kind: "stored" }]);
    await backend.close();
  });

  it("are those that the server says it has", async () => {
    const roomy = await startMemcached({ maxItemSize: "2m" });
    const backend = await connected(roomy.servers);
    const value = "x".repeat(1.5 * megabyte);
    expect(await backend.set([{ key: "YTask:Backend:1", value }])).toEqual([{ kind: "stored" }]);
    expect(await backend.get(["YTask:Backend:1"])).toEqual([value]);
    await backend.close();
    await roomy.stop();
  });

  it("fail what a server that may not evict has no room for, as it is full", async () => {
    const full = await startMemcached({ memoryMegabytes: 8, arguments: ["-M"] });
    const backend = await connected(full.servers);
    const entries = Array.from({ length: 100 }, (_, index) => ({
      key: `YTask:Backend:${index}`,
      value: "x".repeat(megabyte / 4),
    }));
    const errors = (await backend.set(entries)).flatMap((outcome) =>
      outcome.kind === "failed" ? [outcome.error] : [],
    );
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(YTaskError.isInstance(error, ErrorCode.ServerFull)).toBe(true);
    await backend.close();
    await full.stop();
  });

  it("make a result that is too large a failure that says so, with a line in the log", async () => {
    const broker = new MemoryBroker();
    const backend = new MemcacheBackend({ servers: server.servers });
    const logger = new Log();
    const worker = new Server({ broker, backend, logger });
    worker.add("group1", "large", () => "x".repeat(megabyte));
    const client = new Client({ broker, backend, logger });
    await worker.run("group1");
    const result = await (await client.send("group1", "large", [])).result();
    expect(result.status).toBe(Status.Failure);
    expect(result.error).toMatch(/larger than the backend can store/);
    expect(logger.saying("larger than the backend can store")).not.toEqual([]);
    await client.close();
    await worker.shutdown();
  });
});
