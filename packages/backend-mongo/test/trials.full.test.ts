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

  it("shows each waiter its result", async () => {
    const lateness = await latenessOfWaiters(new MongoBackend({ url: server.url, collection: randomUUID() }));
    console.log(
      `median ${lateness[50]?.toFixed(1)} ms, p99 ${lateness[99]?.toFixed(1)} ms; wanted: 10 at the median`,
    );
    expect(lateness).toHaveLength(100);
  });

  it("is back in use after a restart, a hang and a slow network, and each task runs once", async () => {
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
      console.log(`${name}: back after ${Math.round(backAfterMs)} ms; wanted: 2,000`);
      expect(new Set(runs)).toEqual(new Set([1]));
    }
    await proxy.close();
  });
});
