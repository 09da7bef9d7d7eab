import { describe, expect, it } from "vitest";
import {
  PermanentError,
  type StandardSchemaV1,
  Status,
  type TaskOptions,
  withContext,
} from "../../src/index.js";
import { World } from "../support/world.js";
import { never } from "../support/wrap.js";

/** Sends a task that runs until its signal fires and then does `react`, and lets so much time pass. */
async function runFor(
  ms: number,
  options: TaskOptions,
  react: (reason: unknown) => unknown,
  meanwhile: (abort: () => Promise<void>) => Promise<void> = async () => undefined,
) {
  const world = new World();
  const attempts: number[] = [];
  const server = world.server().add(
    "g",
    "slow",
    withContext(async ({ signal, attempt }) => {
      attempts.push(attempt);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return react(signal.reason);
    }),
    { backoff: false, ...options },
  );
  await server.run("g");
  const client = world.client();
  const task = await client.send("g", "slow", [], { retryCount: 1 });
  await world.settle();
  await meanwhile(() => task.abort());
  await world.clock.advance(ms);
  return { world, task, attempts, status: await task.status() };
}

const rethrow = (reason: unknown): never => {
  throw reason;
};

describe("a time limit", () => {
  it("costs a task that stops at its signal one attempt each time", async () => {
    const { attempts, task } = await runFor(100, { timeoutMs: 100 }, rethrow);
    expect(attempts).toEqual([1, 2]);
    expect(await task.status()).toBe(Status.Running);
  });

  it("discards what is returned after it", async () => {
    const { attempts } = await runFor(
      100,
      { timeoutMs: 100 },
      () => new Promise((done) => setImmediate(done)),
    );
    expect(attempts).toEqual([1, 2]);
  });

  it("leaves a PermanentError its say", async () => {
    const permanent = () => {
      throw new PermanentError("it can never work");
    };
    const { attempts, task } = await runFor(100, { timeoutMs: 100 }, permanent);
    expect(attempts).toEqual([1]);
    expect((await task.result()).error).toBe("it can never work");
  });

  it("does not come before an abort", async () => {
    const { status, attempts } = await runFor(
      2_000,
      { timeoutMs: 500 },
      () => never(),
      (abort) => abort(),
    );
    expect(attempts).toEqual([1]);
    expect(status).toBe(Status.Abort);
  });

  it("holds for a schema too that never answers", async () => {
    const world = new World();
    const schema: StandardSchemaV1<unknown, readonly unknown[]> = {
      "~standard": { version: 1, vendor: "test", validate: () => never() },
    };
    let runs = 0;
    await world
      .server()
      .add("g", "run", () => ++runs, { schema, timeoutMs: 100 })
      .run("g");
    const task = await world.client().send("g", "run");
    await world.clock.advance(2_000);
    expect((await task.result()).error).toContain("limit of 100 ms");
    expect(runs).toBe(0);
  });

  it("of the broker holds for a task that names none", async () => {
    const world = new World();
    const broker = Object.assign(world.broker(), {
      capabilities: { ...world.broker().capabilities, defaultTimeoutMs: 100 },
    });
    await world
      .server({ broker })
      .add("g", "run", () => never())
      .run("g");
    const task = await world.client().send("g", "run");
    await world.clock.advance(1_200);
    expect(await task.status()).toBe(Status.Failure);
  });

  it("frees the slot of a task that ignores it only when the task really ends", async () => {
    const world = new World();
    const ran: string[] = [];
    let end: () => void = () => undefined;
    const server = world.server();
    server.add("g", "ignore", () => new Promise<void>((resolve) => (end = resolve)), { timeoutMs: 100 });
    server.add("g", "next", () => void ran.push("next"));
    await server.run("g");
    const client = world.client();
    const ignoring = await client.send("g", "ignore");
    await client.send("g", "next");
    await world.clock.advance(60_000);
    expect(await ignoring.status()).toBe(Status.Failure);
    expect(ran).toEqual([]);
    expect(world.log.saying("ignores its time limit")).toMatchObject([
      { level: "warn", fields: { id: ignoring.id, group: "g", name: "ignore", timeoutMs: 100 } },
    ]);
    end();
    await world.settle();
    expect(ran).toEqual(["next"]);
  });
});

describe("an abort", () => {
  it("fires the signal of a running task within a second", async () => {
    const { status, attempts } = await runFor(
      1_000,
      {},
      () => "whatever",
      (abort) => abort(),
    );
    expect(attempts).toEqual([1]);
    expect(status).toBe(Status.Abort);
  });

  it("reaches a server that keeps no results", async () => {
    const world = new World();
    let runs = 0;
    const settings = { statusExpires: 0, resultExpires: 0 };
    const client = world.client(settings);
    const task = await client.send("g", "run");
    await task.abort();
    await world
      .server(settings)
      .add("g", "run", () => ++runs)
      .run("g");
    await world.settle();
    expect(runs).toBe(0);
    expect(await client.counts("g")).toMatchObject({ waiting: 0, running: 0 });
  });
});
