import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Broker } from "../../src/broker.js";
import { silentLogger } from "../../src/driver.js";
import {
  ErrorCode,
  PermanentError,
  Server,
  type StandardSchemaV1,
  Status,
  TimedOut,
  withContext,
  YTaskError,
} from "../../src/index.js";
import { MemoryBroker } from "../../src/memory/index.js";
import type { Clock, Timer } from "../../src/time/clock.js";
import { World } from "../support/world.js";
import { never, wrapBackend, wrapBroker, wrapSubscriptions } from "../support/wrap.js";

/** A task that runs until it is told to stop. */
const untilItsSignal = withContext(
  ({ signal }) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
);

/** How long a shutdown takes on the world's clock, in steps of 100 ms. */
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
    const pending = new Set<Timer>();
    const clock: Clock = {
      now: () => world.clock.now(),
      elapsed: () => world.clock.elapsed(),
      after(delayMs, fire) {
        const inner = world.clock.after(delayMs, () => {
          pending.delete(timer);
          fire();
        });
        const timer = {
          cancel() {
            pending.delete(timer);
            inner.cancel();
          },
        };
        pending.add(timer);
        return timer;
      },
    };
    const server = world.server({ clock }).add("g", "run", () => never(), { timeoutMs: 600_000 });
    await server.run("g");
    await world.client().send("g", "run");
    await world.settle();
    const shutdown = server.shutdown({ timeoutMs: 10 });
    await timeOf(world, shutdown);
    expect(await shutdown).toEqual({ completed: 0, released: 1 });
    expect(pending.size).toBe(0);
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

describe("run", () => {
  it("tries for 10 s to reach a broker, then rejects with what that met", async () => {
    const world = new World();
    const broker = world.broker();
    broker.disconnect();
    const starting = world
      .server({ broker })
      .add("g", "run", () => {})
      .run("g");
    const rejected = expect(starting).rejects.toMatchObject({ code: ErrorCode.Connection });
    await world.clock.advance(10_000);
    await rejected;
    expect(world.log.saying("cannot reach the broker").length).toBeGreaterThan(5);
  });

  it("rejects at once where trying again cannot help, whether broker or backend refuses", async () => {
    const world = new World();
    const refusal = new YTaskError(ErrorCode.AccessRefused, "the password is wrong");
    const connect = () => Promise.reject(refusal);
    const broker = wrapBroker(world.broker(), { connect });
    const backend = wrapBackend(world.backend(), { connect });
    await expect(
      world
        .server({ broker })
        .add("g", "run", () => {})
        .run("g"),
    ).rejects.toBe(refusal);
    await expect(
      world
        .server({ backend })
        .add("g", "run", () => {})
        .run("g"),
    ).rejects.toBe(refusal);
  });

  it("takes work as soon as the broker is there", async () => {
    const world = new World();
    const broker = world.broker();
    broker.disconnect();
    const starting = world
      .server({ broker })
      .add("g", "run", () => 7)
      .run("g");
    await world.clock.advance(3_000);
    broker.reconnect();
    await world.clock.advance(1_000);
    await starting;
    expect(await (await world.client().send("g", "run")).value()).toBe(7);
  });

  it("ends when the server is shut down meanwhile", async () => {
    const world = new World();
    for (const broker of [
      wrapBroker(world.broker(), { connect: () => never() }),
      wrapBroker(world.broker(), { subscribe: () => never() }),
    ]) {
      const server = world.server({ broker }).add("g", "run", () => {});
      const starting = server.run("g");
      const rejected = expect(starting).rejects.toMatchObject({ code: ErrorCode.ServerStop });
      await world.settle();
      expect(await server.shutdown()).toEqual({ completed: 0, released: 0 });
      await rejected;
    }
  });

  it.each<[string, () => Promise<never>]>([
    ["an attempt", () => never()],
    ["a pause between attempts", () => Promise.reject(new YTaskError(ErrorCode.Connection, "refused"))],
  ])("leaves no timer behind that keeps the process alive, when it is ended in %s", async (_, connect) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const broker = wrapBroker(new MemoryBroker(), { connect });
    const server = new Server({ broker, logger: silentLogger }).add("g", "run", () => {});
    const rejected = expect(server.run("g")).rejects.toMatchObject({ code: ErrorCode.ServerStop });
    await nextTurn();
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    await server.shutdown();
    await rejected;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that was given up takes no work when the broker answers at last", async () => {
    const world = new World();
    let answer: () => void = () => undefined;
    const isAnswered = new Promise<void>((resolve) => (answer = resolve));
    const inner = world.broker();
    const broker = wrapBroker(inner, {
      subscribe: async (queue, options) => {
        await isAnswered;
        return inner.subscribe(queue, options);
      },
    });
    let runs = 0;
    const server = world.server({ broker, startTimeoutMs: 1_000 }).add("g", "run", () => ++runs);
    const starting = server.run("g");
    const rejected = expect(starting).rejects.toMatchObject({ code: ErrorCode.Connection });
    await world.clock.advance(1_000);
    await rejected;
    const client = world.client();
    await client.send("g", "run");
    answer();
    await world.clock.advance(5_000);
    expect(runs).toBe(0);
    expect(await client.counts("g")).toMatchObject({ waiting: 1, running: 0 });
    await server.run("g");
    await world.settle();
    expect(runs).toBe(1);
  });

  it("goes on without a backend whose connect timed out", async () => {
    const world = new World();
    const connect = () => Promise.reject(new TimedOut("the store did not answer"));
    const server = world.server({ backend: wrapBackend(world.backend(), { connect }) });
    await server.add("g", "run", () => 7).run("g");
    expect(world.log.saying("the backend cannot be reached")).toHaveLength(1);
  });

  it("goes on without a backend that never answers, however little time is left for the start", async () => {
    const world = new World();
    const broker = world.broker();
    broker.disconnect();
    const backend = wrapBackend(world.backend(), { connect: () => never() });
    const server = world.server({ broker, backend, startTimeoutMs: 4_000 }).add("g", "run", () => 7);
    const starting = server.run("g");
    await world.clock.advance(2_000);
    broker.reconnect();
    await world.clock.advance(2_000);
    await starting;
    expect(world.log.saying("the backend cannot be reached")).toHaveLength(1);
  });

  it("goes on without a backend that cannot be reached, which is used when it is back", async () => {
    const world = new World();
    const backend = world.backend();
    backend.disconnect();
    await world
      .server({ backend })
      .add("g", "run", () => 7)
      .run("g");
    expect(world.log.saying("the backend cannot be reached")).toHaveLength(1);
    const client = world.client();
    const first = await client.send("g", "run");
    await world.clock.advance(1_000);
    expect(await first.status()).toBe(Status.Sent);
    backend.reconnect();
    expect(await (await client.send("g", "run")).value()).toBe(7);
  });
});

describe("a group's delayed queue of the Go original", () => {
  const broken = (world: World, subscribe: () => Promise<never>): Broker => {
    const inner = world.broker();
    return wrapBroker(inner, {
      subscribe: (queue, options) =>
        queue.includes(":Delay:") ? subscribe() : inner.subscribe(queue, options),
    });
  };

  it("that cannot be had makes the start fail, and nothing runs", async () => {
    const world = new World();
    let runs = 0;
    const broker = broken(world, () => Promise.reject(new Error("refused")));
    const server = world.server({ broker, goCompatible: true }).add("g", "run", () => ++runs);
    await expect(server.run("g")).rejects.toThrow("refused");
    const client = world.client();
    await client.send("g", "run");
    await world.clock.advance(5_000);
    expect(runs).toBe(0);
    expect(await client.counts("g")).toMatchObject({ waiting: 1, running: 0 });
  });

  it("that cannot be had keeps tasks that wait already from being begun", async () => {
    const world = new World();
    const client = world.client();
    await client.send("g", "run");
    let runs = 0;
    const broker = broken(world, async () => {
      await world.settle();
      throw new Error("refused");
    });
    const server = world.server({ broker, goCompatible: true }).add("g", "run", () => ++runs);
    await expect(server.run("g")).rejects.toThrow("refused");
    expect(runs).toBe(0);
    expect(await client.counts("g")).toMatchObject({ waiting: 1, running: 0 });
  });

  it("that never answers does not hold up the start's bound, nor a shutdown", async () => {
    const world = new World();
    const server = world.server({ broker: broken(world, () => never()), goCompatible: true });
    server.add("g", "run", () => {});
    const starting = server.run("g");
    const rejected = expect(starting).rejects.toMatchObject({ code: ErrorCode.ServerStop });
    await world.settle();
    await server.shutdown();
    await rejected;
  });
});
