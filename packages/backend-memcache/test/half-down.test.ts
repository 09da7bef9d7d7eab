import { Client, Server } from "@ytask/core";
import { ErrorCode, silentLogger } from "@ytask/core/driver";
import { MemoryBroker } from "@ytask/core/memory";
import { abortKey, resultKey } from "@ytask/core/wire";
import { describeWithOwnServer, startMemcached, waitUntil } from "@ytask-internal/test-servers";
import { expect, it } from "vitest";
import { MemcacheBackend, serverOf } from "../src/index.js";

const count = 20;

describeWithOwnServer("memcached", "one of two memcached servers that is down", () => {
  it("costs its own results only, though each task's abort flag is on the other server than its result", async () => {
    const servers = await Promise.all([startMemcached(), startMemcached()]);
    const broker = new MemoryBroker();
    const backend = () => new MemcacheBackend({ servers: servers.map((server) => server.servers) });
    const server = new Server({ broker, backend: backend(), logger: silentLogger });
    const client = new Client({ broker, backend: backend(), logger: silentLogger });
    try {
      await server.add("g", "run", (n: number) => n).run("g", { concurrency: 10 });
      await (await client.send("g", "run", [0])).value();
      await servers[0].kill();
      // One after the other first: a task alone, whose flag cannot be read, or whose result cannot be stored.
      const tasks = [];
      for (let n = 0; n < count; n++) {
        const task = await client.send("g", "run", [n]);
        expect(serverOf(abortKey(task.id), 2)).not.toBe(serverOf(resultKey(task.id), 2));
        if (isOn(task.id, 1)) expect(await task.value()).toBe(n);
        tasks.push(task);
      }
      tasks.push(
        ...(await Promise.all(Array.from({ length: count }, (_, n) => client.send("g", "run", [n])))),
      );
      const outcomes = await Promise.allSettled(
        tasks.map((task) => task.value({ timeoutMs: isOn(task.id, 1) ? 30_000 : 1_000 })),
      );
      tasks.forEach(({ id }, index) => {
        const expected = isOn(id, 1)
          ? { status: "fulfilled", value: index % count }
          : { reason: { message: expect.stringContaining("cannot be reached") } };
        expect(outcomes[index]).toMatchObject(expected);
      });
    } finally {
      await client.close();
      await server.shutdown();
      await Promise.all(servers.map((one) => one.stop()));
    }
  });
});

describeWithOwnServer("memcached", "one of two memcached servers that is down when a process starts", () => {
  it("costs its own results only, and is used once it is back", async () => {
    const servers = await Promise.all([startMemcached(), startMemcached()]);
    const backend = new MemcacheBackend({ servers: servers.map((server) => server.servers) });
    const keyOn = (index: number) => {
      for (let n = 0; ; n++) if (serverOf(resultKey(`task-${n}`), 2) === index) return resultKey(`task-${n}`);
    };
    const set = async (key: string) => (await backend.set([{ key, value: "kept" }]))[0];
    try {
      await servers[0].kill();
      await backend.connect();
      expect(await set(keyOn(1))).toEqual({ kind: "stored" });
      expect(await set(keyOn(0))).toMatchObject({ kind: "failed", error: { code: ErrorCode.Connection } });
      await servers[0].start();
      await waitUntil("it is used again", async () => (await set(keyOn(0)))?.kind === "stored");
      expect(await backend.get([keyOn(0), keyOn(1)])).toEqual(["kept", "kept"]);
      await Promise.all(servers.map((one) => one.kill()));
      await expect(
        new MemcacheBackend({ servers: servers.map((one) => one.servers) }).connect(),
      ).rejects.toThrow("cannot be reached");
    } finally {
      await backend.close();
      await Promise.all(servers.map((one) => one.stop()));
    }
  });
});

const isOn = (id: string, index: number) => serverOf(resultKey(id), 2) === index;
