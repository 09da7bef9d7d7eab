import { randomUUID } from "node:crypto";
import {
  describeWithOwnServer,
  type RedisServer,
  startProxy,
  startRedis,
  type TcpProxy,
} from "@ytask-internal/test-servers";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { RedisBroker, type RedisBrokerOptions } from "../../src/index.js";

/** A Redis that tests share, with a broker behind a proxy and one that is connected directly: there once they run. */
export interface SharedWithProxy {
  redis: RedisServer;
  proxy: TcpProxy;
  proxied: RedisBroker;
  direct: RedisBroker;
  /** Each test's own. */
  queue: string;
}

/** @param options those of the broker behind the proxy */
export function describeWithProxy(
  title: string,
  options: Omit<RedisBrokerOptions, "url">,
  tests: (shared: SharedWithProxy) => void,
): void {
  describeWithOwnServer("redis", title, () => {
    const shared = {} as SharedWithProxy; // filled before the first test
    beforeAll(async () => {
      shared.redis = await startRedis();
      shared.proxy = await startProxy(shared.redis.port);
      shared.proxied = new RedisBroker({ ...options, url: `redis://127.0.0.1:${shared.proxy.port}` });
      shared.direct = new RedisBroker({ url: shared.redis.url });
      await Promise.all([shared.proxied.connect(), shared.direct.connect()]);
    });
    afterAll(async () => {
      await Promise.all([shared.proxied.close(), shared.direct.close()]);
      await shared.proxy.close();
      await shared.redis.stop();
    });
    beforeEach(() => {
      shared.queue = `YTask:Queue:${randomUUID()}`;
    });
    tests(shared);
  });
}
