import {
  describeWithOwnServer,
  type RedisServer,
  startProxy,
  startRedis,
  type TcpProxy,
} from "@ytask-internal/test-servers";
import { afterEach, beforeEach, it } from "vitest";
import { faults, workThrough } from "./support/faults.js";

describeWithOwnServer("redis", "a server goes on by itself, and nothing is lost, when", () => {
  let redis: RedisServer;
  let proxy: TcpProxy;
  beforeEach(async () => {
    // With everysec Redis confirms before it writes while its disk is busy: a kill then loses what nobody can get back.
    redis = await startRedis({ arguments: ["--appendfsync", "always"] });
    proxy = await startProxy(redis.port);
  });
  afterEach(async () => {
    await proxy.close();
    await redis.stop();
  });

  for (const [name, fault] of Object.entries(faults)) it(name, () => workThrough(fault, 1, redis, proxy));
});
