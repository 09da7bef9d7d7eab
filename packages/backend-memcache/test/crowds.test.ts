import { Client } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import { MemoryBroker } from "@ytask/core/memory";
import { resultKey, serializeResult } from "@ytask/core/wire";
import {
  describeWithOwnServer,
  type MemcachedServer,
  startMemcached,
  startProxy,
} from "@ytask-internal/test-servers";
import { Log } from "@ytask-internal/test-servers/log";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MemcacheBackend } from "../src/index.js";

describeWithOwnServer(
  "memcached",
  "a memcached that is asked more than it answers within a command's time",
  () => {
    let server: MemcachedServer;
    beforeAll(async () => {
      server = await startMemcached({ arguments: ["-c", "200"] });
    });
    afterAll(() => server?.stop());

    it("answers each, since what comes beyond waits before it is sent, and stores meanwhile", async () => {
      const proxy = await startProxy(server.port);
      const backend = new MemcacheBackend({ servers: `127.0.0.1:${proxy.port}`, commandTimeoutMs: 1_500 });
      await backend.connect();
      const keys = Array.from({ length: 3_000 }, (_, index) => `YTask:Backend:${"x".repeat(22)}${index}`);
      // Two seconds for all the questions, a third of one for five hundred.
      proxy.throttle(100_000);
      try {
        const ended: string[] = [];
        const reading = backend.get(keys).finally(() => ended.push("read"));
        const [outcome] = await backend.set([{ key: "YTask:Backend:1", value: "1", unless: "finished" }]);
        ended.push("stored");
        expect(await reading).toEqual(keys.map(() => undefined));
        expect(outcome).toEqual({ kind: "stored" });
        expect(ended).toEqual(["stored", "read"]);
      } finally {
        await backend.close();
        await proxy.close();
      }
    });

    it("brings each of many waits its large result, though all of them together are too much", async () => {
      const proxy = await startProxy(server.port);
      const backend = new MemcacheBackend({ servers: `127.0.0.1:${proxy.port}` });
      await using client = new Client({ broker: new MemoryBroker(), backend, logger: silentLogger });
      await client.getStatus("connects");
      const ids = Array.from({ length: 40 }, (_, index) => `large-${index}`);
      const returned = [JSON.stringify("x".repeat(900_000))];
      for (const id of ids)
        await backend.set([{ key: resultKey(id), value: serializeResult({ id, status: 4, returned }) }]);
      // A tenth of a second each, four for all: a command may take one.
      proxy.throttle(10_000_000);
      try {
        await Promise.all(ids.map((id) => client.getResult(id, { timeoutMs: 25_000 })));
      } finally {
        await proxy.close();
      }
    });

    it("is one line of the log where it takes fewer connections than the pool has", async () => {
      const logger = new Log();
      const backend = new MemcacheBackend({ servers: server.servers, poolSize: 300 });
      await backend.connect({ logger });
      await backend.close();
      expect(logger.lines.map(({ message }) => message)).toEqual([
        expect.stringContaining("a memcached refuses some connections"),
      ]);
    });
  },
);
