import { describe, expect, it } from "vitest";
import type { Broker } from "../../src/broker.js";
import { PermanentError, type Server, type StandardSchemaV1, Status, withContext } from "../../src/index.js";
import { CountingClock } from "../support/counting-clock.js";
import { World } from "../support/world.js";
import { never, wrapBackend, wrapBroker, wrapSubscriptions } from "../support/wrap.js";

/** A task that runs until it is told to stop. */
const untilItsSignal = withContext(
  ({ signal }) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
);

async function timeOf(world: World, shutdown: Promise<unknown>): Promise<number> {
  let isOver = false;
  void shutdown.then(() => (isOver = true));
  const from = world.clock.now();
  await world.settle();
  while (!isOver && world.clock.now() - from < 120_000) await world.clock.advance(100);
  return world.clock.now() - from;
}

async function running(world: World, broker: Broker, task = untilItsSignal): Promise<Server> {
  const server = world.server({ broker }).add("g", "run", task);
  await server.run("g");
  await world.client().send("g", "run");
  await world.settle();
  return server;
}

describe("a shutdown", () => {
  it("keeps a task from beginning whose arguments a schema still checks", async () => {
    const world = new World();
    const ran: string[] = [];
    let answer = (): void => {};
    const validate = (value: unknown) =>
      new Promise<{ value: readonly unknown[] }>((resolve) => {
        answer = () => resolve({ value: value as readonly unknown[] });
      });
    const schema: StandardSchemaV1<unknown, readonly unknown[]> = {
      "~standard": { version: 1, vendor: "test", validate },
    };
    const first = world.server().add("g", "run", () => ran.push("first"), { schema });
    await first.run("g");
    const task = await world.client().send("g", "run");
    await world.settle();
    const shutdown = first.shutdown({ timeoutMs: 10 });
    expect(await timeOf(world, shutdown)).toBeLessThan(10_000);
    expect(await shutdown).toEqual({ completed: 0, released: 1 });
    await world
      .server()
      .add("g", "run", () => ran.push("second"))
      .run("g");
    await task.result();
    answer();
    await world.settle();
    expect(ran).toEqual(["second"]);
  });

  it("waits 30 s by default, then fires the signals, and gives back what ends for that", async () => {
    const world = new World();
    const server = await running(world, world.broker());
    const shutdown = server.shutdown();
    expect(await timeOf(world, shutdown)).toBe(30_000);
    expect(await shutdown).toEqual({ completed: 0, released: 1 });
    expect(await world.client().counts("g")).toEqual({ waiting: 1, delayed: 0, running: 0, dead: 0 });
  });

  it("leaves no timer behind of a task with a time limit that never ends", async () => {
    const world = new World();
    const clock = new CountingClock(world.clock);
    const server = world.server({ clock }).add("g", "run", () => never(), { timeoutMs: 600_000 });
    await server.run("g");
    await world.client().send("g", "run");
    await world.settle();
    const shutdown = server.shutdown({ timeoutMs: 10 });
    await timeOf(world, shutdown);
    expect(await shutdown).toEqual({ completed: 0, released: 1 });
    expect(clock.pending).toBe(0);
  });

  it("counts what it gives back once, where a receive under way brings it again", async () => {
    const world = new World();
    const server = world.server().add("g", "run", untilItsSignal).add("g", "deaf", never);
    await server.run("g", { concurrency: 5 });
    const client = world.client();
    await client.sendMany(["run", "deaf"].map((name) => ({ group: "g", name, args: [] })));
    await world.settle();
    const shutdown = server.shutdown({ timeoutMs: 100 });
    await timeOf(world, shutdown);
    expect(await shutdown).toEqual({ completed: 0, released: 2 });
    expect(await client.counts("g")).toMatchObject({ waiting: 2, running: 0 });
  });

  it("counts what ends by itself after the signals as completed", async () => {
    const world = new World();
    const task = withContext(
      ({ signal }) =>
        new Promise<never>((resolve) => signal.addEventListener("abort", resolve as () => void)),
    );
    const server = await running(world, world.broker(), task);
    const shutdown = server.shutdown({ timeoutMs: 1_000 });
    expect(await timeOf(world, shutdown)).toBe(1_000);
    expect(await shutdown).toEqual({ completed: 1, released: 0 });
  });

  it("lets a task fail for good after the signals, where no later attempt could mend it", async () => {
    const world = new World();
    const task = withContext(
      ({ signal }) =>
        new Promise<never>((_, reject) =>
          signal.addEventListener("abort", () => reject(new PermanentError("the order is gone"))),
        ),
    );
    const server = await running(world, world.broker(), task);
    const shutdown = server.shutdown({ timeoutMs: 1_000 });
    expect(await timeOf(world, shutdown)).toBe(1_000);
    expect(await shutdown).toEqual({ completed: 1, released: 0 });
    expect(await world.client().counts("g")).toMatchObject({ waiting: 0, dead: 1 });
  });

  it("gives back what was received ahead, and counts only what was given back since it began", async () => {
    const world = new World();
    const server = world.server();
    server.add("g", "short", () => {}).add("g", "long", untilItsSignal);
    await server.run("g");
    const client = world.client();
    const send = (name: string, count: number) =>
      client.sendMany(Array.from({ length: count }, () => ({ group: "g", name, args: [] })));
    let ended = 0;
    server.on("succeeded", () => ++ended);
    await send("short", 60);
    await world.until(() => ended === 60);
    await send("long", 3);
    // What was received ahead of the long task is given back after a second, before any shutdown.
    await world.clock.advance(1_500);
    const shutdown = server.shutdown({ timeoutMs: 0 });
    await timeOf(world, shutdown);
    const { completed, released } = await shutdown;
    expect({ completed, released }).toEqual({ completed: 0, released: 1 });
    expect(await client.counts("g")).toMatchObject({ waiting: 3, running: 0 });
  });

  it.each<[string, (world: World) => Broker]>([
    ["a settle", (world) => wrapSubscriptions(world.broker(), () => ({ settle: () => never() }))],
    [
      "a close of its subscription",
      (world) => wrapSubscriptions(world.broker(), () => ({ close: () => never() })),
    ],
    ["a receive", (world) => wrapSubscriptions(world.broker(), () => ({ receive: () => never() }))],
    ["a close", (world) => wrapBroker(world.broker(), { close: () => never() })],
  ])("ends within its bound and a few seconds where the broker never answers %s", async (_, brokerOf) => {
    const world = new World();
    const server = await running(world, brokerOf(world));
    const shutdown = server.shutdown({ timeoutMs: 1_000 });
    expect(await timeOf(world, shutdown)).toBeLessThanOrEqual(6_500);
  });

  it("ends within its bound and a few seconds where the backend never answers", async () => {
    const world = new World();
    const inner = world.backend();
    const backend = wrapBackend(inner, { set: () => never(), get: () => never(), close: () => never() });
    const server = world.server({ backend }).add("g", "run", () => 1);
    await server.run("g");
    await world.client().send("g", "run");
    await world.settle();
    expect(await timeOf(world, server.shutdown({ timeoutMs: 1_000 }))).toBeLessThanOrEqual(6_500);
  });

  it("ends at its bound where an onComplete never returns", async () => {
    const world = new World();
    const server = world.server().add("g", "run", () => 1, { onComplete: () => never() });
    await server.run("g");
    const task = await world.client().send("g", "run");
    await world.settle();
    expect(await timeOf(world, server.shutdown({ timeoutMs: 1_000 }))).toBeLessThanOrEqual(1_500);
    expect(await task.status()).toBe(Status.Success);
  });

  it("of a server that never ran anything is done at once", async () => {
    const world = new World();
    const server = world.server().add("g", "run", () => {});
    expect(await server.shutdown()).toEqual({ completed: 0, released: 0 });
    expect(() => server.add("g", "other", () => {})).toThrow("shut down");
  });
});
