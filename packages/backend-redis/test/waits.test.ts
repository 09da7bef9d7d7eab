import { randomUUID } from "node:crypto";
import { Client, Status } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import { MemoryBroker } from "@ytask/core/memory";
import { resultKey } from "@ytask/core/wire";
import { describeWithOwnServer, type RedisServer, startRedis } from "@ytask-internal/test-servers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RedisBackend } from "../src/index.js";

describeWithOwnServer("redis", "who waits for a result on Redis", () => {
  let server: RedisServer;
  let backend: RedisBackend;
  let client: Client;
  beforeEach(async () => {
    server = await startRedis();
    backend = new RedisBackend({ url: server.url, commandTimeoutMs: 1_000 });
    client = new Client({ broker: new MemoryBroker(), backend, logger: silentLogger });
    await client.getStatus("connects");
  });
  afterEach(async () => {
    await client.close();
    await server.stop();
  });

  it("is told of a key of another type, and who reads along with it gets what is stored", async () => {
    const [odd, good] = [randomUUID(), randomUUID()];
    await server.command("LPUSH", resultKey(odd), "of somebody else");
    await server.command("SET", resultKey(good), `{"Id":"${good}","Status":4}`);
    await expect(client.getResult(odd, { timeoutMs: 1_000 })).rejects.toThrow("WRONGTYPE");
    const statuses = await Promise.allSettled([client.getStatus(odd), client.getStatus(good)]);
    expect(statuses).toMatchObject([{ status: "rejected" }, { value: Status.Success }]);
  });

  it("is told why Redis cannot be reached, though a read is still out when the wait is over", async () => {
    await server.kill();
    // The first read fails after a second, the second would after two.
    const waiting = client.getResult("any", { timeoutMs: 1_700 });
    await expect(waiting).rejects.toThrow(/within 1700 ms: .* cannot be reached \(connect ECONNREFUSED/);
  });
});
