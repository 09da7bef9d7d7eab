import { existsSync } from "node:fs";
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RedisBroker } from "@ytask/broker-redis";
import { Server, withOptions } from "@ytask/core";
import { createWinstonLogger } from "@ytask/core/winston";
import { waitUntil } from "@ytask-internal/test-servers";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { inMemory, serverAndClient } from "../src/running.js";

type Line = Record<string, unknown>;

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ytask-log-"));
  file = join(folder, "logs/ytask.log");
  // What a test registers ends before this: a server that shuts down later would make the folder anew.
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

const linesOf = async (path: string): Promise<readonly Line[]> =>
  existsSync(path)
    ? (await readFile(path, "utf8"))
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line))
    : [];

const linesWith = async (message: string): Promise<readonly Line[]> =>
  (await linesOf(file)).filter((line) => line.message === message);

const tasks = {
  group1: {
    add: (a: number, b: number) => a + b,
    fail: withOptions(
      () => {
        throw new Error("no such luck");
      },
      { retryCount: 1, backoff: false },
    ),
    echo: (text: string) => text,
  },
};

async function logging(level: "debug" | "info" | "warn" | "error") {
  const logger = createWinstonLogger({ level, file });
  onTestFinished(() => logger.close());
  return (await serverAndClient(tasks, { ...inMemory(), logger })).client;
}

describe("log", () => {
  it("writes to a file one line an event, with the task's id, group, name, attempt and duration", async () => {
    const client = await logging("info");
    const task = await client.send("group1", "add", [1, 2]);
    await task.value();
    await waitUntil("the success is logged", async () => (await linesWith("task succeeded")).length > 0);
    expect(await linesWith("task succeeded")).toEqual([
      expect.objectContaining({ level: "info", id: task.id, group: "group1", name: "add", attempt: 1 }),
    ]);
    expect((await linesWith("task succeeded"))[0]?.durationMs).toEqual(expect.any(Number));
    expect(await linesWith("task started")).toEqual([]);
  });

  it("tells of each attempt that failed, and of the dead letter", async () => {
    const client = await logging("info");
    const { id } = await client.send("group1", "fail");
    await waitUntil(
      "the dead letter is logged",
      async () => (await linesWith("task became a dead letter")).length > 0,
    );
    expect(await linesWith("task failed, will be retried")).toEqual([
      expect.objectContaining({ level: "warn", id, attempt: 1, error: "no such luck" }),
    ]);
    expect(await linesWith("task failed")).toEqual([
      expect.objectContaining({ level: "warn", id, attempt: 2, error: "no such luck" }),
    ]);
    expect(await linesWith("task became a dead letter")).toEqual([
      expect.objectContaining({ id, reason: "retriesExhausted" }),
    ]);
  });

  it("writes only what its level lets through", async () => {
    const client = await logging("warn");
    await (await client.send("group1", "add", [1, 2])).value();
    await client.send("group1", "fail");
    await waitUntil("the failure is logged", async () => (await linesWith("task failed")).length > 0);
    expect(await linesWith("task succeeded")).toEqual([]);
  });

  it("writes nothing of what users sent at level info", async () => {
    const client = await logging("info");
    await (await client.send("group1", "echo", ["a user's secret"])).value();
    await waitUntil("the success is logged", async () => (await linesWith("task succeeded")).length > 0);
    expect(await readFile(file, "utf8")).not.toContain("a user's secret");
  });

  it.each([
    { what: "deleted", take: () => rm(file) },
    { what: "renamed, as rotation does", take: () => rename(file, `${file}.1`) },
  ])("makes the file anew when it is $what", async ({ take }) => {
    const client = await logging("info");
    await waitUntil("the file is there", () => existsSync(file));
    await take();
    const { id } = await client.send("group1", "add", [1, 2]);
    await waitUntil("its line is in the new file", async () =>
      (await linesWith("task succeeded")).some((line) => line.id === id),
    );
  });

  it("hides the password of a server that cannot be reached, in lines and in the error", async () => {
    const logger = createWinstonLogger({ level: "debug", file });
    onTestFinished(() => logger.close());
    const broker = new RedisBroker({ url: "redis://worker:hunter2@127.0.0.1:1" });
    const server = new Server({ broker, logger, startTimeoutMs: 100 });
    server.add("group1", "add", tasks.group1.add);
    const error = await server.run("group1").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 103, message: expect.not.stringContaining("hunter2") });
    await server.shutdown();
    await waitUntil("something is logged", async () => (await linesOf(file)).length > 0);
    expect(await readFile(file, "utf8")).not.toContain("hunter2");
  });
});
