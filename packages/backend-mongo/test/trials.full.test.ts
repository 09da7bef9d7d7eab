import { randomUUID } from "node:crypto";
import { latenessOfWaiters, outage } from "@ytask-internal/backend-trials";
import {
  describeWithOwnServer,
  type MongoServer,
  startMongo,
  startProxy,
} from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MongoBackend } from "../src/index.js";

describeWithOwnServer("mongo", "the MongoDB backend, measured", () => {
  let server: MongoServer;
  beforeAll(async () => {
    server = await startMongo();
  });
  afterAll(() => server?.stop());

  it("shows a waiter its result within 10 ms at the median", async () => {
    const lateness = await latenessOfWaiters(new MongoBackend({ url: server.url, collection: randomUUID() }));
    console.log(`median ${lateness[50]?.toFixed(1)} ms, p99 ${lateness[99]?.toFixed(1)} ms`);
    expect(lateness[50]).toBeLessThan(10);
  });

  it("is back in use within two seconds of a restart, a hang and a slow network", async () => {
    const proxy = await startProxy(server.port);
    const url = `mongodb://127.0.0.1:${proxy.port}`;
    const disturbances = {
      restart: { takeAway: () => server.kill(), giveBack: () => server.start() },
      hang: { takeAway: () => server.pause(), giveBack: () => server.resume() },
      slow: { takeAway: () => proxy.delay(2_000), giveBack: () => proxy.pass() },
    };
    for (const [name, disturbance] of Object.entries(disturbances)) {
      const { runs, backAfterMs } = await outage(
        new MongoBackend({ url, collection: randomUUID() }),
        disturbance,
      );
      console.log(`${name}: back after ${Math.round(backAfterMs)} ms`);
      expect(new Set(runs)).toEqual(new Set([1]));
      expect(backAfterMs).toBeLessThan(2_000);
    }
    await proxy.close();
  });
});
