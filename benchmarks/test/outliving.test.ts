import { RedisBroker } from "@ytask/broker-redis";
import { Client } from "@ytask/core";
import { describeWithOwnServer, type RedisServer, startRedis } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { outlivingBytes } from "./support/heap-samples.js";
import { fill, sendEach } from "./support/run-tasks.js";

const count = 40_000;

// V8 copies what outlives a collection. A send is over long before, unless something that is old still names it: see
// "An answered command lets go" in docs/architecture.md.
describeWithOwnServer("redis", "the memory of a send that outlives its first collection", () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.stop());

  async function bytesOfEach(send: (client: Client, count: number) => Promise<void>): Promise<number> {
    const client = new Client({ broker: new RedisBroker({ url: redis.url }) });
    await send(client, count); // once for the compiler
    const bytes = await outlivingBytes(() => send(client, count));
    await client.close();
    return bytes / count;
  }

  it("is at most 100 bytes of a single send", async () => {
    expect(await bytesOfEach(sendEach)).toBeLessThan(100);
  });

  it("is at most 150 bytes of each task of a sendMany", async () => {
    expect(await bytesOfEach(fill)).toBeLessThan(150);
  });
});
