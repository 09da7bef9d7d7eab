import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { RedisBackend } from "@ytask/backend-redis";
import { Client, Server } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import { resultKey } from "@ytask/core/wire";
import {
  describeWithOwnServer,
  type RedisSentinel,
  startRedisSentinel,
  untilSucceeds,
  waitUntil,
} from "@ytask-internal/test-servers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RedisBroker } from "../src/index.js";

describeWithOwnServer("redis", "behind a Sentinel", () => {
  let sentinel: RedisSentinel;
  beforeEach(async () => {
    sentinel = await startRedisSentinel();
  });
  afterEach(() => sentinel?.stop());

  it.each([
    // The old master takes writes for some ten seconds more; then they are wiped.
    ["planned failover", () => sentinel.failover()],
    ["crash of the master", () => sentinel.servers[0].kill()],
  ])("servers and clients go on with the new master after a %s", async (_, change) => {
    const redis = { sentinels: sentinel.sentinels, name: sentinel.name };
    const drivers = () => ({
      broker: new RedisBroker({ redis, leaseMs: 2_000 }),
      backend: new RedisBackend({ redis }),
      logger: silentLogger,
    });
    const group = `sentinel-${randomUUID()}`;
    const ran = new Set<string>();
    await using server = new Server(drivers());
    server.add(group, "note", (name: string) => {
      ran.add(name);
      return name;
    });
    await server.run(group, { concurrency: 2 });
    await using client = new Client(drivers());
    const send = (name: string, runAfterMs = 0) => client.send(group, "note", [name], { runAfterMs });
    expect(await (await send("before")).value()).toBe("before");
    const delayed = await send("due after the change", 4_000);
    // Replication is not waited for by a send; what is lost with a master is documented.
    await waitUntil(
      "the replica has it all",
      async () => (await sentinel.servers[0].command("WAIT", "1", "1000")) === "1",
    );
    await change();
    // Right after a planned one the old master may still take a send, which is lost with it.
    await waitUntil("a task is sent, run and stored at the new master", async () => {
      const task = await untilSucceeds("a send is accepted again", () => send("after"));
      await task.value({ timeoutMs: 5_000 }).catch(() => undefined);
      return (await sentinel.servers[1].command("EXISTS", resultKey(task.id))) === "1";
    });
    expect(await delayed.value()).toBe("due after the change");
    expect(ran).toEqual(new Set(["before", "after", "due after the change"]));
  });

  it("a broker connects though the first Sentinel takes connections and says nothing", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const sentinels = [{ host: "127.0.0.1", port }, ...sentinel.sentinels];
    const broker = new RedisBroker({ redis: { sentinels, name: sentinel.name } });
    await broker.connect();
    expect(await broker.counts(`YTask:Queue:${randomUUID()}`)).toMatchObject({ waiting: 0 });
    await broker.close();
    silent.close();
  });
});
