import { describe, expect, it, vi } from "vitest";
import { PermanentError, type Server, type ServerEvents, TimedOut, withContext } from "../../src/index.js";
import { World } from "../support/world.js";
import { wrapBackend } from "../support/wrap.js";

const names = [
  "started",
  "succeeded",
  "failed",
  "retried",
  "expired",
  "aborted",
  "deadLettered",
  "leaseLost",
] as const satisfies readonly (keyof ServerEvents)[];

/** Every event of a server, as it comes. */
function recordEvents(server: Server): unknown[] {
  const events: unknown[] = [];
  for (const name of names) server.on(name, (event) => events.push([name, event]));
  return events;
}

describe("the events of a server", () => {
  it("tell of a task that fails once, then succeeds", async () => {
    const world = new World();
    const error = new Error("once");
    const task = withContext(async ({ attempt }) => {
      await new Promise<void>((resolve) => world.clock.after(20, resolve));
      if (attempt === 1) throw error;
    });
    const server = world.server().add("g", "flaky", task, { backoff: false });
    const events = recordEvents(server);
    await server.run("g");
    const { id } = await world.client().send("g", "flaky");
    await world.clock.advance(100);
    const task1 = { id, group: "g", name: "flaky", attempt: 1 };
    const task2 = { ...task1, attempt: 2 };
    expect(events).toEqual([
      ["started", task1],
      ["retried", { ...task1, durationMs: 20, error }],
      ["started", task2],
      ["succeeded", { ...task2, durationMs: 20 }],
    ]);
  });

  it("tell why a task became a dead letter, also where its message cannot be read", async () => {
    const world = new World();
    const error = new PermanentError("never");
    const server = world.server().add("g", "refuse", () => Promise.reject(error));
    const events = recordEvents(server);
    await server.run("g");
    const { id } = await world.client().send("g", "refuse");
    await world.settle();
    const broker = world.broker();
    await broker.connect();
    await broker.send([{ queue: "YTask:Queue:g", body: "{" }]);
    await world.settle();
    const task = { id, group: "g", name: "refuse", attempt: 1 };
    expect(events).toEqual([
      ["started", task],
      ["failed", { ...task, durationMs: 0, error }],
      ["deadLettered", { ...task, durationMs: 0, error, reason: "permanentFailure" }],
      ["deadLettered", { id: "", group: "g", name: "", attempt: 0, error: "not JSON", reason: "malformed" }],
    ]);
  });

  it.each([
    ["malformed", '{"Id":"theirs","WorkerName":5}'],
    ["tooLarge", `{"Id":"theirs","WorkerName":"known","FuncArgs":["\\"${"x".repeat(2_000)}\\""]}`],
  ])("name a task whose message is %s, and its waiter is told", async (reason, body) => {
    const world = new World();
    const server = world.server({ maxMessageBytes: 500 }).add("g", "known", () => 1);
    const events = recordEvents(server);
    const waiting = world.client().getResult("theirs");
    const broker = world.broker();
    await broker.connect();
    await broker.send([{ queue: "YTask:Queue:g", body }]);
    await server.run("g");
    await world.clock.advance(1_000);
    const { isFailure, error } = await waiting.then((result) => ({
      isFailure: result.isFailure(),
      error: result.error,
    }));
    expect(isFailure).toBe(true);
    expect(events).toEqual([
      ["deadLettered", { id: "theirs", group: "g", name: "", attempt: 0, error, reason }],
    ]);
  });

  it("tell of tasks that expire and are aborted, with the reason", async () => {
    const world = new World();
    const server = world.server().add(
      "g",
      "abort",
      withContext((context) => context.abort("no stock")),
    );
    const events = recordEvents(server);
    const client = world.client();
    const aborts = await client.send("g", "abort");
    const expires = await client.send("g", "abort", [], { expireAfterMs: 0 });
    await server.run("g");
    await world.settle();
    const task = { group: "g", name: "abort", attempt: 1 };
    expect(events).toEqual([
      ["started", { ...task, id: aborts.id }],
      ["aborted", { ...task, id: aborts.id, durationMs: 0, reason: "no stock" }],
      ["expired", { ...task, id: expires.id }],
    ]);
  });

  it("tell of an outage of the broker and of the backend, when it begins", async () => {
    const world = new World();
    const [broker, backend] = [world.broker(), world.backend()];
    const server = world.server({ broker, backend }).add("g", "run", () => {});
    const errors: Error[] = [];
    server.on("error", (error) => errors.push(error));
    await server.run("g");
    backend.disconnect();
    const client = world.client();
    for (let count = 0; count < 3; count++) {
      await client.send("g", "run");
      await world.clock.advance(1_000);
    }
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining("backend") })]);
    broker.disconnect();
    await world.clock.advance(20_000);
    expect(errors.slice(1)).toEqual([
      expect.objectContaining({ message: expect.stringContaining("broker") }),
    ]);
  });

  it("tell of a backend that cannot be reached at the start", async () => {
    const world = new World();
    const connect = () => Promise.reject(new TimedOut("the store did not answer"));
    const server = world.server({ backend: wrapBackend(world.backend(), { connect }) });
    const errors: Error[] = [];
    server.on("error", (error) => errors.push(error));
    await server.add("g", "run", () => {}).run("g");
    expect(errors).toEqual([expect.objectContaining({ message: "the store did not answer" })]);
  });

  it("end with off", async () => {
    const world = new World();
    const listener = vi.fn();
    const server = world
      .server()
      .add("g", "run", () => {})
      .on("succeeded", listener);
    await server.run("g");
    const client = world.client();
    await client.send("g", "run");
    await world.settle();
    server.off("succeeded", listener);
    await client.send("g", "run");
    await world.settle();
    expect(listener).toHaveBeenCalledTimes(1);
  });
});

describe("what a listener or a logger throws", () => {
  it("is logged, and changes nothing", async () => {
    const world = new World();
    const server = world.server().add("g", "run", () => "ran");
    const heard: string[] = [];
    server.on("started", () => {
      throw new Error("a broken listener");
    });
    server.on("succeeded", async () => {
      throw new Error("a broken async listener");
    });
    server.on("succeeded", ({ name }) => heard.push(name));
    await server.run("g");
    expect(await (await world.client().send("g", "run")).value()).toBe("ran");
    await world.settle();
    expect(heard).toEqual(["run"]);
    expect(world.log.saying("an event listener threw").map(({ fields }) => fields?.error)).toEqual([
      "a broken listener",
      "a broken async listener",
    ]);
  });

  it("does not keep a task from its end, where it is the logger", async () => {
    const world = new World();
    const broken = () => {
      throw new Error("the disk is full");
    };
    const logger = { debug: broken, info: broken, warn: broken, error: broken };
    const server = world.server({ logger }).add(
      "g",
      "run",
      withContext(({ logger }) => logger.info("here")),
    );
    await server.run("g");
    expect((await (await world.client({ logger }).send("g", "run")).result()).isSuccess()).toBe(true);
    await world.settle();
    expect(await server.shutdown()).toEqual({ completed: 0, released: 0 });
  });
});

describe("the log lines of a task that fails", () => {
  it("have its stack, with those of its causes; its result and its dead letter have not", async () => {
    const world = new World();
    const chargeCard = () => {
      throw new Error("no payment", { cause: new Error("no connection") });
    };
    const server = world.server().add("g", "charge", chargeCard, { retryCount: 1, backoff: false });
    await server.run("g");
    const client = world.client();
    const task = await client.send("g", "charge");
    await world.settle();
    const stack = expect.stringMatching(
      /^Error: no payment\n.*chargeCard.*\ncaused by: Error: no connection\n/s,
    );
    const failures = world.log.of(task.id).filter(({ fields }) => fields?.error === "no payment");
    expect(failures.map(({ message, fields }) => [message, fields?.stack])).toEqual([
      ["task failed, will be retried", stack],
      ["task failed", stack],
      ["task became a dead letter", undefined],
    ]);
    expect((await task.result()).error).toBe("no payment");
    expect((await client.deadLetters("g").list()).map(({ error }) => error)).toEqual(["no payment"]);
  });

  it("have the stack of what its callbacks throw", async () => {
    const world = new World();
    const server = world.server().add("g", "charge", () => Promise.reject(new Error("no payment")), {
      retryCount: 1,
      backoff: function waitForBank() {
        throw new Error("the backoff is broken");
      },
      onComplete: function tellShop() {
        throw new Error("the shop is closed");
      },
    });
    await server.run("g");
    await world.client().send("g", "charge");
    await world.clock.advance(10_000);
    expect(world.log.saying("backoff of a task threw")).toMatchObject([
      { fields: { stack: expect.stringContaining("waitForBank") } },
    ]);
    expect(world.log.saying("onComplete of a task threw")).toMatchObject([
      { fields: { stack: expect.stringContaining("tellShop") } },
    ]);
  });
});
