import { describeWithServer, sharedMemcached, sharedMongo } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readmeCommand, runToEnd } from "../../run-example.js";

const start = readmeCommand(1);

describeWithServer("memcached", "example 04", () => {
  let memcached: Awaited<ReturnType<typeof sharedMemcached>>;
  beforeAll(async () => {
    memcached = await sharedMemcached();
  });
  afterAll(() => memcached?.stop());

  describeWithServer("mongo", "with MongoDB", () => {
    let mongo: Awaited<ReturnType<typeof sharedMongo>>;
    beforeAll(async () => {
      mongo = await sharedMongo();
    }, 120_000);
    afterAll(() => mongo?.stop());

    it("prints the results that both stores held, and ends by itself", async () => {
      const output = await runToEnd(start, {
        MONGO_URL: mongo.url,
        MEMCACHED_SERVERS: memcached.servers,
      });
      expect(output).toContain('MongoDB: add(123, 44) = 167; fail() failed with "no such luck"');
      expect(output).toContain('memcached: add(123, 44) = 167; fail() failed with "no such luck"');
    }, 60_000);
  });
});
