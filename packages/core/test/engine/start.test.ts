import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Broker } from "../../src/broker.js";
import { silentLogger } from "../../src/driver.js";
import { ErrorCode, Server, Status, TimedOut, YTaskError } from "../../src/index.js";
import { MemoryBroker } from "../../src/memory/index.js";
import { World } from "../support/world.js";
import { never, wrapBackend, wrapBroker } from "../support/wrap.js";

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
