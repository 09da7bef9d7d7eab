import { describeWithOwnServer, type RedisServer, startRedis } from "@ytask-internal/test-servers";
import { afterAll, beforeAll } from "vitest";
import { RedisBroker } from "../../src/index.js";

/** A Redis that tests share, and a broker on it: there once they run. */
export interface Shared {
  redis: RedisServer;
  broker: RedisBroker;
}

/** Tests that share a Redis of their own and a broker. */
export function describeWithBroker(title: string, tests: (shared: Shared) => void): void {
  describeWithOwnServer("redis", title, () => {
    const shared = {} as Shared; // filled before the first test
    beforeAll(async () => {
      shared.redis = await startRedis();
      shared.broker = new RedisBroker({ url: shared.redis.url });
      await shared.broker.connect();
    });
    afterAll(async () => {
      await shared.broker.close();
      await shared.redis.stop();
    });
    tests(shared);
  });
}
