import { describe, expect, it } from "vitest";
import type { Backend } from "../../src/backend.js";
import { ErrorCode, YTaskError } from "../../src/errors.js";
import { abortKey, resultKey } from "../../src/keys.js";
import { Status } from "../../src/results/status.js";
import { World } from "../support/world.js";
import { never, wrapBackend } from "../support/wrap.js";

const error = new YTaskError(ErrorCode.Connection, "one of the servers is gone");

/** A backend of two servers, of which one is down: its keys fail at once, and a read of several with any of them. */
function halfDown(world: World, isLost: (key: string) => boolean): Backend {
  const inner = world.backend();
  return wrapBackend(inner, {
    get: (keys) => (keys.some(isLost) ? Promise.reject(error) : inner.get(keys)),
    async set(entries) {
      const outcomes = await Promise.all(
        entries.map(async (entry) =>
          isLost(entry.key) ? [{ kind: "failed", error } as const] : inner.set([entry]),
        ),
      );
      return outcomes.flat();
    },
  });
}

const isFlag = (key: string) => key.includes(":Abort:");

describe("one of several servers of a backend that is down", () => {
  it("costs no result that belongs on another, where it holds the abort flags of those tasks", async () => {
    const world = new World();
    await world
      .server({ backend: halfDown(world, isFlag) })
      .add("g", "run", (n: number) => n)
      .run("g");
    const client = world.client();
    for (const n of [1, 2, 3]) {
      const task = await client.send("g", "run", [n]);
      expect(await task.value()).toBe(n);
    }
  });

  it("costs no result of another that is stored right after its own failed", async () => {
    const world = new World();
    const lost = new Set<string>();
    const server = world.server({ backend: halfDown(world, (key) => lost.has(key)) });
    server.add("g", "run", (n: number) => n);
    const client = world.client();
    const gone = await client.send("g", "run", [1]);
    const kept = await client.send("g", "run", [2]);
    lost.add(resultKey(gone.id));
    await server.run("g", { concurrency: 1 });
    expect(await kept.value()).toBe(2);
    expect(await gone.status()).toBe(Status.Sent);
  });

  it("hides no abort of a task whose flag is on another", async () => {
    const world = new World();
    const lost = new Set<string>();
    const ran: number[] = [];
    const server = world.server({ backend: halfDown(world, (key) => lost.has(key)) });
    server.add("g", "run", (n: number) => void ran.push(n));
    const client = world.client();
    const gone = await client.send("g", "run", [1]);
    const aborted = await client.send("g", "run", [2]);
    await aborted.abort();
    lost.add(abortKey(gone.id));
    await server.run("g", { concurrency: 2 });
    await world.settle();
    expect(ran).toEqual([1]);
  });

  it("costs no abort of a task whose result alone is there, though it shows only when a server takes it", async () => {
    const world = new World();
    const lost = new Set<string>();
    const client = world.client({ backend: halfDown(world, (key) => lost.has(key)) });
    const task = await client.send("g", "run");
    lost.add(resultKey(task.id));
    await task.abort();
    expect(world.log.saying("a task is aborted, but its status")).toMatchObject([
      { level: "warn", fields: { id: task.id, error: "one of the servers is gone" } },
    ]);
    let ran = 0;
    await world
      .server()
      .add("g", "run", () => void ran++)
      .run("g");
    await world.settle();
    expect(ran).toBe(0);
    lost.clear();
    expect(await task.status()).toBe(Status.Abort);
  });

  it("ends an abort in time, where the result's does not answer", async () => {
    const world = new World();
    const inner = world.backend();
    const client = world.client({ backend: wrapBackend(inner, { get: () => never() }) });
    const aborting = client.abort("a");
    await world.clock.advance(5_000);
    await aborting;
    expect(world.log.saying("a task is aborted, but its status")).toHaveLength(1);
    expect(await inner.get([abortKey("a")])).toEqual([expect.stringContaining("Abort:a")]);
  });

  it("costs nobody a result who waits for one of another at the same moment", async () => {
    const world = new World();
    await world
      .server()
      .add("g", "run", (n: number) => n)
      .run("g");
    const lost = new Set<string>();
    const client = world.client({ backend: halfDown(world, (key) => lost.has(key)) });
    const tasks = [await client.send("g", "run", [1]), await client.send("g", "run", [2])];
    for (const task of tasks) await task.value();
    lost.add(resultKey(tasks[0]?.id ?? ""));
    const waits = Promise.allSettled(tasks.map((task) => task.value({ timeoutMs: 100 })));
    await world.clock.advance(100);
    expect(await waits).toMatchObject([
      { status: "rejected", reason: { message: expect.stringContaining("one of the servers is gone") } },
      { status: "fulfilled", value: 2 },
    ]);
    const statuses = await Promise.allSettled(tasks.map((task) => task.status()));
    expect(statuses).toMatchObject([{ reason: error }, { value: Status.Success }]);
  });

  it("is one line of the log, though calls fail and succeed by turns, and one more once it is back", async () => {
    const world = new World();
    let isDown = true;
    const backend = halfDown(world, (key) => isDown && isFlag(key));
    await world
      .server({ backend })
      .add("g", "run", () => 1)
      .run("g");
    const client = world.client();
    const runSome = async () => {
      for (let n = 0; n < 10; n++) {
        await client.send("g", "run");
        await world.clock.advance(1_000);
      }
    };
    await runSome();
    expect(world.log.saying("the backend fails")).toHaveLength(1);
    expect(world.log.saying("the backend is back")).toHaveLength(0);
    isDown = false;
    await runSome();
    expect(world.log.saying("the backend is back")).toHaveLength(1);
  });
});
