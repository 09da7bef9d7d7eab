import { runInNewContext } from "node:vm";
import { describe, expect, it, vi } from "vitest";
import {
  type AnyTask,
  type Server,
  Status,
  type TaskContext,
  withContext,
  withOptions,
} from "../../src/index.js";
import { systemClock } from "../../src/time/clock.js";
import { World } from "../support/world.js";
import { never } from "../support/wrap.js";

async function resultOf(world: World, server: Server, ...send: readonly unknown[]) {
  await server.run("g");
  const client = world.client();
  const task = await client.send("g", "odd", send, { retryCount: 0 });
  const result = await task.result();
  server.add("g", "sound", () => "goes on");
  expect(await (await client.send("g", "sound")).value()).toBe("goes on");
  return result;
}

it("a context works when it is taken apart", async () => {
  const world = new World();
  const server = world.server();
  server.add(
    "g",
    "odd",
    withContext(({ attempt, setRetryCount, retry, abort }) => {
      setRetryCount(1);
      return attempt === 1 ? retry(undefined, { delayMs: 0 }) : abort("enough");
    }),
  );
  const result = await resultOf(world, server);
  expect(result).toMatchObject({ status: Status.Abort, retryCount: 1 });
});

it.each([
  ["retry, then abort", Status.Failure],
  ["abort, then retry", Status.Abort],
])(
  "of several calls of a context (%s) the first decides, where the task catches what they throw",
  async (calls, status) => {
    const world = new World();
    const server = world.server();
    server.add(
      "g",
      "odd",
      withContext((context) => {
        const decide = { retry: () => context.retry(), abort: () => context.abort() };
        for (const call of calls.split(", then ") as (keyof typeof decide)[])
          try {
            decide[call]();
          } catch {}
      }),
    );
    expect((await resultOf(world, server)).status).toBe(status);
  },
);

it("a method that lost its object finds none in its place", async () => {
  const world = new World();
  const server = world.server();
  server.add("g", "odd", function (this: unknown) {
    return this === undefined;
  });
  expect((await resultOf(world, server)).get(0)).toBe(true);
});

it.each<[string, AnyTask]>([
  ["withOptions outside", withOptions(withContext(failing), { retryCount: 1, backoff: false })],
  ["withContext outside", withContext(withOptions(failing, { retryCount: 1, backoff: false }))],
])("a task keeps its context and its options: %s", async (_, task) => {
  const world = new World();
  const server = world.server();
  server.add("g", "kept", task);
  await server.run("g");
  const result = await (await world.client().send("g", "kept")).result();
  expect(result).toMatchObject({ error: "attempt 2", retryCount: 1 });
});

function failing({ attempt }: TaskContext): void {
  throw new Error(`attempt ${attempt}`);
}

const hostile = new Proxy(
  {},
  {
    get() {
      throw new Error("do not look");
    },
    getPrototypeOf() {
      throw new Error("do not look");
    },
  },
);
const withBadMessage = Object.defineProperty(new Error("hidden"), "message", {
  get() {
    throw new Error("do not look");
  },
});

const fail = (): never => {
  throw new Error("do not ask");
};

describe("a task that throws what is not an Error failed with a message that says what it was", () => {
  it.each<[string, unknown, string]>([
    ["a string", "the shop is closed", "the shop is closed"],
    ["undefined", undefined, "a value that is not an Error was thrown: undefined"],
    ["null", null, "a value that is not an Error was thrown: null"],
    ["an object", { code: 7 }, 'a value that is not an Error was thrown: {"code":7}'],
    ["an error without a message", new TypeError(), "TypeError"],
    ["an error whose message is no text", Object.assign(new Error(), { message: 7 }), "7"],
    ["an object whose getters throw", hostile, "cannot be printed"],
    ["an error whose message throws", withBadMessage, "cannot be printed"],
    ["a symbol", Symbol("odd"), "Symbol(odd)"],
    ["an error of another realm", runInNewContext("new TypeError('elsewhere')"), "elsewhere"],
    ["an empty text", "", "an empty text was thrown"],
  ])("%s", async (_, thrown, message) => {
    for (const isAsync of [true, false]) {
      const world = new World();
      const server = world.server().add("g", "odd", () => {
        if (isAsync) return Promise.reject(thrown);
        throw thrown;
      });
      const result = await resultOf(world, server);
      expect(result.status).toBe(Status.Failure);
      expect(result.error).toContain(message);
    }
  });
});

describe("a task that returns what cannot cross failed at once, with the path of the value", () => {
  const cycle: Record<string, unknown> = {};
  cycle.again = cycle;
  it.each<[string, unknown, string]>([
    ["a function", () => 1, "returned[0]"],
    ["a cycle", { cycle }, "returned[0].cycle.again"],
    ["not a number", [1, Number.NaN], "returned[0][1]"],
    ["a map", { map: new Map() }, "returned[0].map"],
    ["a bigint beyond 64 bits", 2n ** 65n, "returned[0]"],
    ["an object whose getters throw", hostile, "do not look"],
    ["a proxy whose traps throw", new Proxy({}, { has: fail }), "returned[0]: it cannot be read"],
  ])("%s", async (_, returned, path) => {
    const world = new World();
    let runs = 0;
    // The types refuse most of these: what is shown is what happens where they were circumvented.
    const task = (() => {
      runs++;
      return returned;
    }) as () => undefined;
    const result = await resultOf(world, world.server().add("g", "odd", task, { retryCount: 5 }));
    expect(runs).toBe(1);
    expect(result.status).toBe(Status.Failure);
    expect(result.error).toContain(path);
  });
});

describe("a task", () => {
  it("that rejects after its time limit, when nobody waits for it any more, does no harm", async () => {
    const world = new World();
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    let reject: (error: Error) => void = () => undefined;
    const server = world.server();
    server.add("g", "late", () => new Promise((_, no) => (reject = no)), { timeoutMs: 100 });
    await server.run("g");
    const task = await world.client().send("g", "late");
    await world.clock.advance(1_100);
    expect(await task.status()).toBe(Status.Failure);
    reject(new Error("too late"));
    await world.settle();
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    expect((await task.result()).error).toContain("limit of 100 ms");
  });

  it("that blocks the event loop is told of in the log, with its name", async () => {
    const world = new World();
    // A clock that the task itself moves on, as time passes while it blocks.
    let blockedMs = 0;
    const clock = {
      now: () => world.clock.now(),
      elapsed: () => world.clock.elapsed() + blockedMs,
      after: world.clock.after.bind(world.clock),
    };
    const server = world.server({ clock }).add("g", "odd", () => {
      blockedMs = 1_500;
    });
    const result = await resultOf(world, server);
    expect(result.isSuccess()).toBe(true);
    expect(world.log.saying("blocked the event loop")).toMatchObject([
      { level: "warn", fields: { name: "odd", blockedMs: 1_500 } },
    ]);
  });

  it("that returns a thenable is waited for", async () => {
    const world = new World();
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what this is about
    const thenable = { then: (resolve: (value: number) => void) => setImmediate(() => resolve(7)) };
    const task = (() => thenable) as () => unknown as () => number;
    expect((await resultOf(world, world.server().add("g", "odd", task))).get(0)).toBe(7);
  });

  it("whose arguments cannot be read failed for good", async () => {
    const world = new World();
    const broker = world.broker();
    await broker.connect();
    let runs = 0;
    await world
      .server()
      .add("g", "odd", () => ++runs)
      .run("g");
    const body =
      '{"Id":"a","WorkerName":"odd","FuncArgs":["{"],"MsgArgs":{"RetryCount":3,"RunTime":"0001-01-01T00:00:00Z","ExpireTime":"0001-01-01T00:00:00Z","Workflow":null}}';
    await broker.send([{ queue: "YTask:Queue:g", body }]);
    const result = await world.client().getResult("a");
    expect(result.error).toBe("args[0]: not JSON");
    expect(runs).toBe(0);
  });
});

describe("an AbortController", () => {
  it("is made only where a task asks for its signal", async () => {
    const world = new World();
    const server = world.server();
    server.add("g", "plain", async () => never<void>());
    server.add(
      "g",
      "context",
      withContext(({ id }) => id),
    );
    server.add(
      "g",
      "signal",
      withContext(({ signal }) => signal.aborted),
    );
    await server.run("g", { concurrency: 100 });
    const client = world.client();
    let made = 0;
    const Real = globalThis.AbortController;
    vi.stubGlobal(
      "AbortController",
      class extends Real {
        constructor() {
          super();
          made++;
        }
      },
    );
    try {
      await client.sendMany(Array.from({ length: 20 }, () => ({ group: "g", name: "plain", args: [] })));
      await (await client.send("g", "context")).value();
      expect(made).toBe(0);
      await (await client.send("g", "signal")).value();
      expect(made).toBe(1);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe("the machine's clock", () => {
  it("is what a server runs on where it is given none", async () => {
    const world = new World();
    const server = world.server({ clock: systemClock }).add("g", "odd", () => 1);
    expect((await resultOf(world, server)).get(0)).toBe(1);
    await server.shutdown();
  });
});
