import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { Delivery } from "../../src/broker.js";
import { ErrorCode, Status, withContext } from "../../src/index.js";
import { World } from "../support/world.js";
import { never, wrapBackend, wrapBroker, wrapSubscriptions } from "../support/wrap.js";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

describe("a task whose lease was lost", () => {
  it("on its last attempt has not failed because it stops when its signal fires", async () => {
    const world = new World();
    const broker = world.broker();
    const first = world.server({ broker }).add(
      "g",
      "run",
      withContext(
        ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      ),
    );
    await first.run("g");
    const client = world.client();
    const task = await client.send("g", "run", [], { retryCount: 0 });
    await world.settle();
    broker.disconnect();
    await world.clock.advance(world.leaseMs);
    let finish: (value: string) => void = () => undefined;
    const second = world.server().add("g", "run", () => new Promise<string>((done) => (finish = done)));
    await second.run("g");
    await world.settle();
    broker.reconnect();
    await world.clock.advance(5_000);
    finish("elsewhere");
    expect(await task.value()).toBe("elsewhere");
    expect(await client.deadLetters("g").list()).toEqual([]);
  });

  it("has its signal fired, is told of, and writes no status on the way", async () => {
    const world = new World();
    const broker = world.broker();
    const reasons: unknown[] = [];
    const events: unknown[] = [];
    const server = world.server({ broker }).add(
      "g",
      "run",
      withContext(async ({ signal }) => {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        reasons.push(signal.reason);
        throw new Error("stopped");
      }),
    );
    server.on("leaseLost", (event) => events.push(event)).on("retried", (event) => events.push(event));
    await server.run("g");
    const task = await world.client().send("g", "run");
    await world.settle();
    expect(await task.status()).toBe(Status.FirstRunning);
    broker.disconnect();
    await world.clock.advance(world.leaseMs);
    // No server that could run it again: whatever is stored now was stored by the one that lost it.
    expect(await task.status()).toBe(Status.FirstRunning);
    await server.client().close();
    let finish: (value: string) => void = () => undefined;
    const second = world.server().add("g", "run", () => new Promise<string>((done) => (finish = done)));
    await second.run("g");
    await world.settle();
    broker.reconnect();
    await world.clock.advance(5_000);
    expect(await task.status()).toBe(Status.FirstRunning);
    finish("elsewhere");
    await world.settle();
    expect(reasons).toMatchObject([{ code: ErrorCode.LeaseLost }]);
    expect(events).toEqual([
      {
        id: task.id,
        group: "g",
        name: "run",
        attempt: 1,
        durationMs: world.leaseMs,
        reason: expect.stringMatching(/took it back.*worker thread.*leaseMs/),
      },
    ]);
    expect(await task.value()).toBe("elsewhere");
  });

  it("and that succeeded too late is settled when it comes back, without a backend too", async () => {
    const world = new World();
    const broker = world.broker();
    let runs = 0;
    let finish: () => void = () => undefined;
    const events: string[] = [];
    const server = world.server({ broker, backend: undefined, maxRedeliveries: 1 });
    server.add("g", "run", async () => {
      runs++;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    for (const name of ["leaseLost", "succeeded", "failed"] as const)
      server.on(name, () => events.push(name));
    await server.run("g");
    const client = world.client();
    await client.send("g", "run");
    await world.settle();
    broker.disconnect();
    await world.clock.advance(world.leaseMs);
    broker.reconnect();
    await world.settle();
    finish();
    await world.clock.advance(2 * world.leaseMs);
    expect(runs).toBe(1);
    expect(events).toEqual(["leaseLost", "succeeded"]);
    expect(await client.counts("g")).toMatchObject({ waiting: 0, running: 0, dead: 0 });
  });

  it("and that succeeded too late is remembered without its delivery", async () => {
    const world = new World();
    const deliveries: WeakRef<Delivery>[] = [];
    const broker = wrapSubscriptions(world.broker(), (subscription) => ({
      async settle(settlements) {
        for (const { delivery } of settlements) deliveries.push(new WeakRef(delivery));
        await subscription.settle(settlements);
        return settlements.map(() => "lost");
      },
    }));
    const count = 20;
    await world
      .server({ broker, backend: undefined })
      .add("g", "run", () => {})
      .run("g");
    for (let sent = 0; sent < count; sent++) await world.client().send("g", "run", [sent]);
    await world.until(() => deliveries.length === count);
    // The last is still the variable of some loop.
    await world.settle();
    collectGarbage();
    expect(deliveries.filter((delivery) => delivery.deref() !== undefined).length).toBeLessThan(5);
  });

  it("and that succeeded too late runs again where others since returned many megabytes", async () => {
    const world = new World();
    const broker = world.broker();
    const runs = new Map<number, number>();
    const finish: (() => void)[] = [];
    const server = world.server({ broker, backend: undefined });
    server.add("g", "run", async (number: number) => {
      runs.set(number, (runs.get(number) ?? 0) + 1);
      await new Promise<void>((resolve) => finish.push(resolve));
      return "x".repeat(1_000_000);
    });
    const count = 20;
    await server.run("g", { concurrency: count });
    const client = world.client();
    for (let number = 0; number < count; number++) await client.send("g", "run", [number]);
    await world.until(() => finish.length === count);
    broker.disconnect();
    await world.clock.advance(world.leaseMs);
    broker.reconnect();
    await world.settle();
    for (const end of finish) end();
    await world.clock.advance(2 * world.leaseMs);
    expect(runs.get(0)).toBe(2);
    expect(runs.get(count - 1)).toBe(1);
  });

  it("before it was started is not started", async () => {
    const world = new World();
    const inner = world.broker();
    let lose: () => void = () => undefined;
    const broker = wrapBroker(inner, {
      async subscribe(queue, options) {
        const subscription = await inner.subscribe(queue, options);
        return {
          async receive(limit, waitMs) {
            const deliveries = await subscription.receive(limit, waitMs);
            lose = () => options.onLost(deliveries);
            return deliveries;
          },
          settle: async (settlements) => settlements.map(() => "lost"),
          close: () => subscription.close(),
        };
      },
    });
    let runs = 0;
    const backend = wrapBackend(world.backend(), { get: () => never() });
    const server = world.server({ broker, backend }).add("g", "run", () => ++runs);
    await server.run("g");
    await world.client().send("g", "run");
    await world.settle();
    lose();
    await world.clock.advance(2_000);
    expect(runs).toBe(0);
    expect(await server.shutdown()).toEqual({ completed: 0, released: 0 });
  });

  it("is told of, and not overwritten, where the loss is only seen when it is settled", async () => {
    const world = new World();
    const broker = world.broker();
    const events: unknown[] = [];
    let finish: (value: string) => void = () => undefined;
    const server = world
      .server({ broker })
      .add("g", "run", () => new Promise<string>((done) => (finish = done)));
    server
      .on("leaseLost", ({ reason }) => events.push(reason))
      .on("succeeded", () => events.push("succeeded"));
    await server.run("g");
    const task = await world.client().send("g", "run");
    await world.settle();
    broker.disconnect();
    await world.clock.advance(world.leaseMs);
    await world
      .server()
      .add("g", "run", () => "the first to finish")
      .run("g");
    expect(await task.value()).toBe("the first to finish");
    finish("the late one");
    await world.clock.advance(100);
    broker.reconnect();
    await world.clock.advance(5_000);
    expect(events).toEqual([expect.stringContaining("the broker took it back")]);
    expect(await task.value()).toBe("the first to finish");
  });
});
