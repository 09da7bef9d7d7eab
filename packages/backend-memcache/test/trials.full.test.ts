import { latenessOfWaiters, outage } from "@ytask-internal/backend-trials";
import {
  describeWithOwnServer,
  type MemcachedServer,
  startMemcached,
  startProxy,
} from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MemcacheBackend } from "../src/index.js";

describeWithOwnServer("memcached", "the memcached backend, measured", () => {
  let server: MemcachedServer;
  beforeAll(async () => {
    server = await startMemcached();
  });
  afterAll(() => server?.stop());

  it("is back in use after a restart, a hang and a slow network, and each task runs once", async () => {
    const proxy = await startProxy(server.port);
    const servers = `127.0.0.1:${proxy.port}`;
    const disturbances = {
      restart: { takeAway: () => server.kill(), giveBack: () => server.start() },
      hang: { takeAway: () => server.pause(), giveBack: () => server.resume() },
      slow: { takeAway: () => proxy.delay(2_000), giveBack: () => proxy.pass() },
    };
    for (const [name, disturbance] of Object.entries(disturbances)) {
      const { runs, backAfterMs } = await outage(new MemcacheBackend({ servers }), disturbance);
      console.log(`${name}: back after ${Math.round(backAfterMs)} ms; wanted: 2,000`);
      expect(new Set(runs)).toEqual(new Set([1]));
    }
    await proxy.close();
  });

  it("shows each waiter its result", async () => {
    const lateness = await latenessOfWaiters(new MemcacheBackend({ servers: server.servers }));
    console.log(
      `median ${lateness[50]?.toFixed(1)} ms, p99 ${lateness[99]?.toFixed(1)} ms; wanted: 10 at the median`,
    );
    expect(lateness).toHaveLength(100);
  });

  it("stores 20,000 results", async () => {
    const backend = new MemcacheBackend({ servers: server.servers });
    await backend.connect();
    const value = JSON.stringify({ Id: "x".repeat(36), Status: 4, FuncReturn: ["3"], RetryCount: 0 });
    const start = performance.now();
    for (let batch = 0; batch < 100; batch++) {
      const stored = await backend.set(
        Array.from({ length: 200 }, (_, index) => ({
          key: `YTask:Backend:${batch}-${index}`,
          value,
          expiresInSeconds: 300,
          unless: "finished" as const,
        })),
      );
      expect(new Set(stored.map(({ kind }) => kind))).toEqual(new Set(["stored"]));
    }
    const perSecond = 20_000 / ((performance.now() - start) / 1_000);
    console.log(`${Math.round(perSecond)} results a second; wanted: 5,000`);
    await backend.close();
  });
});
