import { randomUUID } from "node:crypto";
import { outage } from "@ytask-internal/backend-trials";
import {
  describeWithOwnServer,
  type MongoServer,
  startMongo,
  startProxy,
  waitUntil,
} from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MongoBackend } from "../src/index.js";

describeWithOwnServer("mongo", "a MongoDB that goes away", () => {
  let server: MongoServer;
  beforeAll(async () => {
    server = await startMongo();
  });
  afterAll(() => server?.stop());

  it("is used again by itself when it returns, with what it held", async () => {
    const backend = new MongoBackend({ url: server.url, collection: randomUUID() });
    await backend.connect();
    const set = async (key: string) => (await backend.set([{ key, value: "1" }]))[0]?.kind;
    const key = `YTask:Backend:${randomUUID()}`;
    expect(await set(key)).toBe("stored");
    await server.kill();
    expect(await set(`${key}-meanwhile`)).toBe("failed");
    await server.start();
    await waitUntil("it stores again", async () => (await set(`${key}-after`)) === "stored");
    expect(await backend.get([key, `${key}-meanwhile`])).toEqual(["1", undefined]);
    await backend.close();
  });

  it("costs results and no task while a thousand run", async () => {
    const backend = new MongoBackend({ url: server.url, collection: randomUUID() });
    const { runs } = await outage(backend, { takeAway: () => server.kill(), giveBack: () => server.start() });
    expect(new Set(runs)).toEqual(new Set([1]));
  });

  it("costs results and no task where it hangs", async () => {
    const backend = new MongoBackend({ url: server.url, collection: randomUUID() });
    const { runs } = await outage(backend, {
      takeAway: () => server.pause(),
      giveBack: () => server.resume(),
    });
    expect(new Set(runs)).toEqual(new Set([1]));
  });

  it("costs results and no task where it answers two seconds late", async () => {
    const proxy = await startProxy(server.port);
    const backend = new MongoBackend({ url: `mongodb://127.0.0.1:${proxy.port}`, collection: randomUUID() });
    const { runs } = await outage(backend, {
      takeAway: () => proxy.delay(2_000),
      giveBack: () => proxy.pass(),
    });
    expect(new Set(runs)).toEqual(new Set([1]));
    await proxy.close();
  });
});
