import { describe, expect, it } from "vitest";
import type { Backend } from "../../src/backend.js";
import { ErrorCode, YTaskError } from "../../src/errors.js";
import { World } from "../support/world.js";
import { never, wrapBackend, wrapSubscriptions } from "../support/wrap.js";

const count = 40;

/** A backend that can be put out of order. */
function breakable(world: World, how: "throws" | "hangs" | "fails each entry") {
  const inner = world.backend();
  const state = { isBroken: true };
  const error = new YTaskError(ErrorCode.Connection, "the backend is gone");
  const broken = <T>(): Promise<T> => (how === "hangs" ? never<T>() : Promise.reject(error));
  const backend: Backend = wrapBackend(inner, {
    get: (keys) => (state.isBroken ? broken() : inner.get(keys)),
    async set(entries) {
      if (!state.isBroken) return inner.set(entries);
      return how === "fails each entry" ? entries.map(() => ({ kind: "failed", error })) : broken();
    },
  });
  return { backend, state };
}

describe.each(["throws", "hangs", "fails each entry"] as const)("a backend that %s", (how) => {
  it("costs results, but no task: each runs once, and nothing stays in the queue", async () => {
    const world = new World();
    const { backend, state } = breakable(world, how);
    const ran: number[] = [];
    const server = world.server({ backend }).add("g", "run", (n: number) => {
      ran.push(n);
      return n;
    });
    await server.run("g", { concurrency: 5 });
    const client = world.client();
    const numbers = Array.from({ length: count }, (_, n) => n);
    await client.sendMany(numbers.map((n) => ({ group: "g", name: "run", args: [n] })));
    await world.clock.advance(60_000);
    expect([...ran].sort((a, b) => a - b)).toEqual(numbers);
    expect(await client.counts("g")).toEqual({ waiting: 0, delayed: 0, running: 0, dead: 0 });
    expect(world.log.saying("the backend fails")).toHaveLength(1);
    state.isBroken = false;
    // The pace is back: no more time passes than the moment for which a failed backend is left alone.
    await world.clock.advance(400);
    const before = world.clock.now();
    const tasks = await client.sendMany(numbers.map((n) => ({ group: "g", name: "run", args: [n] })));
    const values = await Promise.all(tasks.map((task) => task.value()));
    expect(values).toEqual(numbers);
    expect(world.clock.now()).toBe(before);
    expect(world.log.saying("the backend is back")).toHaveLength(1);
  });
});

describe("a backend that is slow to fail", () => {
  it("is left alone for a moment, in which tasks wait for no call", async () => {
    const world = new World();
    const { backend } = breakable(world, "hangs");
    let ran = 0;
    await world
      .server({ backend })
      .add("g", "run", () => void ran++)
      .run("g", { concurrency: 1 });
    const client = world.client({ backend: undefined });
    await client.sendMany(Array.from({ length: count }, () => ({ group: "g", name: "run" })));
    await world.clock.advance(1_500);
    await world.until(() => ran === count);
  });
});

describe("a backend that cannot be connected", () => {
  it("is tried again after a moment, and not for each task", async () => {
    const world = new World();
    let attempts = 0;
    const connect = () => {
      attempts++;
      return Promise.reject(new YTaskError(ErrorCode.Connection, "the backend is gone"));
    };
    const backend = wrapBackend(world.backend(), { connect });
    let ran = 0;
    await world
      .server({ backend })
      .add("g", "run", () => void ran++)
      .run("g", { concurrency: 1 });
    await world.clock.advance(5_000);
    attempts = 0;
    const client = world.client({ backend: undefined });
    await client.sendMany(Array.from({ length: count }, () => ({ group: "g", name: "run" })));
    await world.until(() => ran === count);
    expect(attempts).toBe(1);
  });
});

describe("a broker that cannot be reached for a while", () => {
  it("gets its work done when it is back, each task once", async () => {
    const world = new World();
    const broker = world.broker();
    const ran: number[] = [];
    const server = world.server({ broker }).add("g", "run", (n: number) => void ran.push(n));
    await server.run("g", { concurrency: 2 });
    broker.disconnect();
    await world.clock.advance(5_000);
    const client = world.client();
    await client.send("g", "run", [1]);
    await client.send("g", "run", [2]);
    await world.clock.advance(1_000);
    expect(ran).toEqual([]);
    broker.reconnect();
    await world.clock.advance(1_000);
    expect(ran).toEqual([1, 2]);
    expect(world.log.saying("cannot receive")).toHaveLength(1);
    expect(world.log.saying("receiving again")).toHaveLength(1);
  });

  it("gets a settlement again and again until it knows it", async () => {
    const world = new World();
    const broker = world.broker();
    let finish: () => void = () => undefined;
    const server = world
      .server({ broker })
      .add("g", "run", () => new Promise<void>((done) => (finish = done)));
    const succeeded: string[] = [];
    server.on("succeeded", ({ id }) => succeeded.push(id));
    await server.run("g");
    const client = world.client();
    const task = await client.send("g", "run");
    await world.settle();
    broker.disconnect();
    finish();
    await world.clock.advance(5_000);
    expect(succeeded).toEqual([]);
    broker.reconnect();
    await world.clock.advance(2_000);
    expect(succeeded).toEqual([task.id]);
    expect(await client.counts("g")).toEqual({ waiting: 0, delayed: 0, running: 0, dead: 0 });
  });
});

describe("a broker that never answers a settlement", () => {
  it("is asked again after 15 s", async () => {
    const world = new World();
    let calls = 0;
    const broker = wrapSubscriptions(world.broker(), (subscription) => ({
      settle: (settlements) => (++calls === 1 ? never() : subscription.settle(settlements)),
    }));
    const server = world.server({ broker }).add("g", "run", () => 7);
    const succeeded: string[] = [];
    server.on("succeeded", ({ id }) => succeeded.push(id));
    await server.run("g");
    const client = world.client();
    const task = await client.send("g", "run");
    await world.clock.advance(14_999);
    expect(calls).toBe(1);
    await world.clock.advance(1_000);
    expect(succeeded).toEqual([task.id]);
    expect(await client.counts("g")).toEqual({ waiting: 0, delayed: 0, running: 0, dead: 0 });
  });
});

describe("a result that the backend cannot hold", () => {
  const tooLarge = (world: World) => {
    const inner = world.backend();
    return wrapBackend(inner, {
      async set(entries) {
        const outcomes = await Promise.all(
          entries.map(async (entry) => {
            const error = new YTaskError(ErrorCode.TooLarge, "more than the backend can hold");
            if (entry.value.length > 1_000) return [{ kind: "failed", error } as const];
            return inner.set([entry]);
          }),
        );
        return outcomes.flat();
      },
    });
  };

  it("is a failure that says so", async () => {
    const world = new World();
    await world
      .server({ backend: tooLarge(world) })
      .add("g", "run", () => "x".repeat(1_000))
      .run("g");
    const task = await world.client().send("g", "run");
    const result = await task.result();
    expect(result.isFailure()).toBe(true);
    expect(result.error).toContain("larger than the backend can store");
    expect(world.log.saying("larger than the backend")).toMatchObject([
      { level: "error", fields: { id: task.id } },
    ]);
  });

  it("is no failure of a workflow that goes on", async () => {
    const world = new World();
    const server = world.server({ backend: tooLarge(world) });
    server.add("g", "large", () => "x".repeat(1_000)).add("g", "length", (text: string) => text.length);
    await server.run("g");
    const task = await world.client().sendWorkflow([
      { group: "g", name: "large" },
      { group: "g", name: "length" },
    ]);
    expect(await task.value()).toBe(1_000);
  });
});
