import { Client, returns, Server, withContext } from "@ytask/core";
import type { Entry } from "@ytask/core/driver";
import { MemoryBackend, MemoryBroker } from "@ytask/core/memory";
import { afterEach, describe, expect, it, vi } from "vitest";
import { inMemory, promised, recordingLogger, serverAndClient } from "../src/running.js";

/** Remembers for how long statuses and results were to be kept. */
class RecordingBackend extends MemoryBackend {
  readonly kept: (number | undefined)[] = [];

  override set(entries: readonly Entry[]) {
    this.kept.push(...entries.map(({ expiresInSeconds }) => expiresInSeconds));
    return super.set(entries);
  }
}

async function runOne(options: { statusExpires?: number; resultExpires?: number }) {
  const backend = new RecordingBackend();
  const { client } = await serverAndClient(
    { group1: { add } },
    { broker: new MemoryBroker(), backend, ...options },
  );
  const task = await client.send("group1", "add", [1, 2]);
  return { backend, task };
}

const add = (a: number, b: number) => a + b;

describe("服务端配置 (server configuration)", () => {
  afterEach(() => vi.restoreAllMocks());

  it("needs a broker", () => {
    expect(() => new Server({} as never)).toThrow(/broker/);
  });

  it("runs tasks without a backend, whose results nobody can read", async () => {
    const ran = promised<number>();
    const broker = new MemoryBroker();
    const { client } = await serverAndClient(
      { group1: { tell: (value: number) => ran.resolve(value) } },
      { broker },
    );
    const task = await client.send("group1", "tell", [7]);
    expect(await ran.promise).toBe(7);
    await expect(task.result()).rejects.toMatchObject({ code: 8, name: "YTaskError" });
  });

  it("keeps statuses and results for a day, where nothing else is said", async () => {
    const { backend, task } = await runOne({});
    expect(await task.value()).toBe(3);
    expect(new Set(backend.kept)).toEqual(new Set([86_400]));
  });

  it("keeps them for as many seconds as it is told", async () => {
    const { backend, task } = await runOne({ statusExpires: 60 * 5, resultExpires: 60 * 5 });
    expect(await task.value()).toBe(3);
    expect(new Set(backend.kept)).toEqual(new Set([300]));
  });

  it("keeps them for ever with -1", async () => {
    const { backend, task } = await runOne({ statusExpires: -1, resultExpires: -1 });
    expect(await task.value()).toBe(3);
    expect(new Set(backend.kept)).toEqual(new Set([undefined]));
  });

  it("does not store them with 0", async () => {
    const { backend, task } = await runOne({ statusExpires: 0, resultExpires: 0 });
    await expect(task.result()).rejects.toMatchObject({ code: 8 });
    expect(backend.kept).toEqual([]);
  });

  it.each([
    { debug: true, lines: 1 },
    { debug: false, lines: 0 },
  ])("tells with debug $debug when a task starts: $lines times", async ({ debug, lines }) => {
    for (const level of ["info", "warn", "error"] as const) vi.spyOn(console, level).mockReturnValue();
    const debugLines = vi.spyOn(console, "debug").mockReturnValue();
    const options = { ...inMemory(), debug };
    await using server = new Server(options);
    server.add("group1", "add", add);
    await server.run("group1");
    await using client = new Client(options);
    await (await client.send("group1", "add", [1, 2])).value();
    const started = debugLines.mock.calls.filter(([message]) => String(message).includes("task started"));
    expect(started).toHaveLength(lines);
  });
});

describe("注册任务 (registering tasks)", () => {
  it("takes a function that returns several values", async () => {
    const addFunc = (a: number, b: number) => returns(a + b, true);
    const { client } = await serverAndClient({ group1: { add: addFunc } });
    expect(await (await client.send("group1", "add", [1, 2])).value()).toEqual([3, true]);
  });

  it("takes a function with the task's control as its first parameter, which clients do not send", async () => {
    const addSub = withContext((context, a: number, b: number) => {
      if (context.attempt === 1) return context.retry(new Error("once more"), { delayMs: 0 });
      return returns(a + b, a - b);
    });
    const { client } = await serverAndClient({ group1: { addSub } });
    const result = await (await client.send("group1", "addSub", [5, 3])).result();
    expect(result.values()).toEqual([8, 2]);
    expect(result.retryCount).toBe(1);
  });

  it("takes a callback, which gets the result and the arguments", async () => {
    const told = promised<unknown>();
    const options = { ...inMemory(), logger: recordingLogger() };
    await using server = new Server(options);
    server.add("group1", "add", add, {
      onComplete: (result, a, b) => told.resolve([result.isSuccess(), result.get(0), a, b]),
    });
    await server.run("group1");
    await using client = server.client();
    await client.send("group1", "add", [1, 2]);
    expect(await told.promise).toEqual([true, 3, 1, 2]);
  });
});

describe("运行与停止 (run and shutdown)", () => {
  it("runs two groups in one server, each its own tasks", async () => {
    const { client } = await serverAndClient({ g1: { where: () => "g1" }, g2: { where: () => "g2" } });
    expect(await (await client.send("g1", "where")).value()).toBe("g1");
    expect(await (await client.send("g2", "where")).value()).toBe("g2");
  });

  it("runs as many tasks at once as its concurrency, and no more", async () => {
    const meeting = promised<void>();
    const counts = { running: 0, most: 0 };
    const meet = async () => {
      counts.most = Math.max(counts.most, ++counts.running);
      if (counts.running === 3) meeting.resolve();
      await meeting.promise;
      counts.running--;
    };
    const { client } = await serverAndClient({ group1: { meet } });
    const tasks = await Promise.all(Array.from({ length: 9 }, () => client.send("group1", "meet")));
    await Promise.all(tasks.map((task) => task.value()));
    expect(counts).toEqual({ running: 0, most: 3 });
  });

  it("waits at a shutdown for the task that runs, and takes no other", async () => {
    const started = promised<void>();
    const finish = promised<string>();
    const options = { ...inMemory(), logger: recordingLogger() };
    const server = new Server(options);
    server.add("group1", "wait", () => {
      started.resolve();
      return finish.promise;
    });
    await server.run("group1");
    await using client = new Client(options);
    const task = await client.send("group1", "wait");
    await started.promise;
    const shutdown = server.shutdown();
    await client.send("group1", "wait");
    finish.resolve("done");
    expect(await shutdown).toEqual({ completed: 1, released: 0 });
    expect(await task.value()).toBe("done");
    expect(await client.counts("group1")).toMatchObject({ waiting: 1, running: 0 });
  });
});
