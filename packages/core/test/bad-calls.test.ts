import { afterEach, describe, expect, it } from "vitest";
import { silentLogger } from "../src/driver.js";
import { Client, ErrorCode, Server, withContext, withOptions } from "../src/index.js";
import { MemoryBackend, MemoryBroker } from "../src/memory/index.js";

const settings = () => ({ broker: new MemoryBroker(), backend: new MemoryBackend(), logger: silentLogger });

/** What JavaScript callers may hand over, whatever the types say. */
const untyped = (value: unknown) => value as never;

const refusal = (...parts: readonly string[]) =>
  expect.objectContaining({
    name: "YTaskError",
    code: ErrorCode.InvalidArgument,
    message: expect.stringMatching(new RegExp(parts.join(".*"), "s")),
  });
const coded = (code: number, message: string) =>
  expect.objectContaining({ name: "YTaskError", code, message: expect.stringContaining(message) });

const open: { shutdown?(): Promise<unknown>; close?(): Promise<unknown> }[] = [];
const makeServer = (more: object = {}) => {
  const server = new Server({ ...settings(), ...more });
  open.push(server);
  return server;
};
const makeClient = (more: object = {}) => {
  const client = new Client({ ...settings(), ...more });
  open.push(client);
  return client;
};
afterEach(async () => {
  for (const one of open.splice(0)) await (one.shutdown?.() ?? one.close?.());
});

const badGroups = ["", "a{b}", "}", "Delay:mail", undefined, null, 5, {}, Symbol("g")];
const badNames = ["", undefined, null, 5, {}, []];

describe("a group's name", () => {
  it.each(badGroups)("%s is refused wherever it is given", async (group) => {
    const server = makeServer();
    const client = makeClient();
    const name = untyped(group);
    const wanted = refusal("group");
    expect(() => server.add(name, "task", () => {})).toThrow(wanted);
    await expect(server.run(name)).rejects.toThrow(wanted);
    await expect(client.send(name, "task")).rejects.toThrow(wanted);
    await expect(client.sendMany([{ group: name, name: "task" }])).rejects.toThrow(wanted);
    await expect(client.sendWorkflow([{ group: name, name: "task" }])).rejects.toThrow(wanted);
    await expect(client.counts(name)).rejects.toThrow(wanted);
    expect(() => client.deadLetters(name)).toThrow(wanted);
  });

  it.each(["mail", "a b", "a:b", "日本", "delay:mail", "__proto__", "constructor"])(
    "%s is taken",
    async (group) => {
      const { broker, backend, logger } = settings();
      const server = makeServer({ broker, backend, logger });
      server.add(group, "echo", (value: string) => value);
      await server.run(group);
      const client = makeClient({ broker, backend });
      expect(await (await client.send(group, "echo", ["x"])).value()).toBe("x");
    },
  );
});

describe("a task", () => {
  it.each(badNames)("named %s is refused", async (name) => {
    const wanted = refusal("task's name");
    expect(() => makeServer().add("g", untyped(name), () => {})).toThrow(wanted);
    await expect(makeClient().send("g", untyped(name))).rejects.toThrow(wanted);
    await expect(makeClient().sendMany([{ group: "g", name: untyped(name) }])).rejects.toThrow(wanted);
  });

  it.each([undefined, null, "task", {}, Promise.resolve()])(
    "that is %s and no function is refused",
    (task) => {
      expect(() => makeServer().add("g", "task", untyped(task))).toThrow(
        refusal("g/task must be a function"),
      );
      expect(() => makeServer().addAll(untyped({ g: { task } }))).toThrow(
        refusal("g/task must be a function"),
      );
    },
  );

  it("that was added before is refused, and the first one stays", async () => {
    const drivers = settings();
    const server = makeServer(drivers);
    server.add("g", "task", () => "first");
    expect(() => server.add("g", "task", () => "second")).toThrow(refusal("g/task was added before"));
    expect(() => server.addAll({ g: { task: () => "third" } })).toThrow(refusal("g/task was added before"));
    server.add("other", "task", () => "elsewhere");
    await server.run("g");
    expect(await (await makeClient(drivers).send("g", "task")).value()).toBe("first");
  });

  it.each([null, undefined, "tasks", [], { g: null }, { g: "task" }])("map that is %o is refused", (map) => {
    expect(() => makeServer().addAll(untyped(map))).toThrow(refusal("."));
  });

  const options: readonly (readonly [string, readonly unknown[]])[] = [
    ["retryCount", [-1, 1.5, Number.NaN, "3", null]],
    ["timeoutMs", [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "1", null]],
    ["onComplete", [null, "callback", {}]],
    ["schema", [null, {}, "string", () => {}]],
    [
      "backoff",
      [
        true,
        null,
        5,
        "exponential",
        {},
        { kind: "linear", initialMs: 1 },
        { kind: "fixed" },
        { kind: "fixed", initialMs: -1 },
        { kind: "fixed", initialMs: Number.NaN },
        { kind: "fixed", initialMs: "1" },
        { kind: "exponential", initialMs: 1, maxMs: -1 },
        { kind: "exponential", initialMs: 1, maxMs: "60" },
        { kind: "exponential", initialMs: 1, jitter: 1.1 },
        { kind: "exponential", initialMs: 1, jitter: -0.1 },
        { kind: "exponential", initialMs: 1, jitter: Number.NaN },
        { kind: "exponential", initialMs: 1, factor: 3 },
      ],
    ],
  ];
  const cases = options.flatMap(([name, values]) => values.map((value) => ({ [name]: value })));

  it.each(cases)("with the options %o is refused, however they are given", (bad) => {
    const [name = ""] = Object.keys(bad);
    expect(() => makeServer().add("g", "task", () => {}, untyped(bad))).toThrow(refusal("g/task", name));
    const task = withOptions(() => {}, untyped(bad));
    expect(() => makeServer().addAll({ g: { task } })).toThrow(refusal("g/task", name));
  });

  it("with an option that is not there is refused", () => {
    expect(() => makeServer().add("g", "task", () => {}, untyped({ retries: 3 }))).toThrow(
      refusal('no option "retries"', "retryCount"),
    );
    expect(() => makeServer().add("g", "task", () => {}, untyped("options"))).toThrow(
      refusal("must be an object"),
    );
  });
});

describe("the arguments of a send", () => {
  it.each(["text", 5, {}, null, new Set([1]), { length: 1, 0: "a" }])(
    "as %o, and no array, are refused",
    async (args) => {
      const wanted = refusal("arguments must be an array");
      await expect(makeClient().send("g", "task", untyped(args))).rejects.toThrow(wanted);
      await expect(
        makeClient().sendMany([{ group: "g", name: "task", args: untyped(args) }]),
      ).rejects.toThrow(wanted);
    },
  );
});

describe("client.sendMany", () => {
  it.each([{ requests: undefined }, { requests: null }, { requests: {} }, { requests: "g" }])(
    "refuses %o",
    async ({ requests }) => {
      await expect(makeClient().sendMany(untyped(requests))).rejects.toThrow(refusal("sendMany"));
    },
  );

  it.each([{ request: null }, { request: undefined }, { request: "task" }, { request: [] }])(
    "refuses %o among its requests, names it, and sends none",
    async ({ request }) => {
      const client = makeClient();
      const sending = client.sendMany([{ group: "g", name: "task" }, untyped(request)]);
      await expect(sending).rejects.toThrow(refusal("requests\\[1\\]"));
      expect(await client.counts("g")).toMatchObject({ waiting: 0 });
    },
  );

  it("sends nothing where nothing is given", async () => {
    expect(await makeClient().sendMany([])).toEqual([]);
  });
});

describe("server.run", () => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "3", null])(
    "refuses a concurrency of %s",
    async (value) => {
      const server = makeServer();
      server.add("g", "task", () => {});
      await expect(server.run("g", { concurrency: untyped(value) })).rejects.toThrow(
        refusal("server.run", "concurrency must be"),
      );
      await server.run("g");
    },
  );

  it("refuses an option that is not there", async () => {
    const server = makeServer();
    server.add("g", "task", () => {});
    await expect(server.run("g", untyped({ workers: 3 }))).rejects.toThrow(refusal('no option "workers"'));
    await expect(server.run("g", untyped(3))).rejects.toThrow(refusal("must be an object"));
    await expect(server.run("g", untyped(null))).rejects.toThrow(refusal("must be an object"));
  });

  it("refuses a group without tasks", async () => {
    const server = makeServer();
    server.add("g", "task", () => {});
    await expect(server.run("h")).rejects.toThrow(refusal("group h has no task"));
  });

  it("refuses a group that it runs, and goes on running it", async () => {
    const drivers = settings();
    const server = makeServer(drivers);
    server.add("g", "task", () => "done");
    const first = server.run("g");
    await expect(server.run("g")).rejects.toThrow(refusal("group g runs already"));
    await first;
    await expect(server.run("g")).rejects.toThrow(refusal("group g runs already"));
    expect(await (await makeClient(drivers).send("g", "task")).value()).toBe("done");
  });
});

describe("server.shutdown", () => {
  it.each([-1, Number.NaN, "30", null])(
    "refuses a timeout of %s, and does not shut down",
    async (timeoutMs) => {
      const drivers = settings();
      const server = makeServer(drivers);
      server.add("g", "task", () => "done");
      await server.run("g");
      await expect((async () => server.shutdown({ timeoutMs: untyped(timeoutMs) }))()).rejects.toThrow(
        refusal("server.shutdown", "timeoutMs must be"),
      );
      await expect((async () => server.shutdown(untyped({ timeout: 1 })))()).rejects.toThrow(
        refusal('no option "timeout"', "timeoutMs"),
      );
      expect(await (await makeClient(drivers).send("g", "task")).value()).toBe("done");
    },
  );

  it("ends what the server takes", async () => {
    const server = makeServer();
    server.add("g", "task", () => {});
    await server.shutdown();
    const closed = coded(ErrorCode.Closed, "shut down");
    expect(() => server.add("g", "other", () => {})).toThrow(closed);
    expect(() => server.addAll({ g: { more: () => {} } })).toThrow(closed);
    await expect(server.run("g")).rejects.toThrow(closed);
    expect(await server.shutdown()).toEqual({ completed: 0, released: 0 });
  });
});

describe("server.on", () => {
  it("refuses an event that is not there, and a listener that is no function", () => {
    expect(() => makeServer().on(untyped("done"), () => {})).toThrow(refusal('no event "done"', "succeeded"));
    expect(() => makeServer().on("error", untyped("listener"))).toThrow(
      refusal("listener of error must be a function"),
    );
  });
});

describe("a wait for a result", () => {
  const waits: readonly (readonly [string, (client: Client, options: unknown) => Promise<unknown>])[] = [
    ["client.getResult", (client, options) => client.getResult("id", untyped(options))],
    ["task.result", async (client, options) => (await client.send("g", "task")).result(untyped(options))],
    ["task.value", async (client, options) => (await client.send("g", "task")).value(untyped(options))],
  ];
  const bad: readonly (readonly [string, unknown])[] = [
    ["timeoutMs", -1],
    ["timeoutMs", Number.NaN],
    ["timeoutMs", Number.POSITIVE_INFINITY],
    ["timeoutMs", "3000"],
    ["timeoutMs", null],
    ["pollIntervalMs", 0],
    ["pollIntervalMs", -1],
    ["pollIntervalMs", Number.NaN],
    ["pollIntervalMs", "300"],
    ["signal", {}],
    ["signal", new AbortController()],
  ];

  it.each(waits.flatMap(([place, wait]) => bad.map(([name, value]) => [place, name, value, wait] as const)))(
    "%s refuses %s: %s",
    async (_, name, value, wait) => {
      await expect(wait(makeClient(), { [name]: value })).rejects.toThrow(refusal(`${name} must be`));
    },
  );

  it.each(waits)("%s refuses options that are not there", async (_, wait) => {
    await expect(wait(makeClient(), { timeout: 1 })).rejects.toThrow(
      refusal('no option "timeout"', "timeoutMs"),
    );
    await expect(wait(makeClient(), 3_000)).rejects.toThrow(refusal("must be an object"));
  });

  it.each(badNames)("for the id %s is refused", async (id) => {
    await expect(makeClient().getResult(untyped(id))).rejects.toThrow(refusal("id must be"));
    await expect(makeClient().getStatus(untyped(id))).rejects.toThrow(refusal("id must be"));
    await expect(makeClient().abort(untyped(id))).rejects.toThrow(refusal("id must be"));
  });
});

describe("client.abort", () => {
  it.each([0, -2, 1.5, Number.NaN, "60", null])(
    "refuses to be remembered for %s seconds",
    async (expiresSeconds) => {
      await expect(makeClient().abort("id", { expiresSeconds: untyped(expiresSeconds) })).rejects.toThrow(
        refusal("client.abort", "expiresSeconds must be"),
      );
    },
  );

  it("refuses an option that is not there", async () => {
    await expect(makeClient().abort("id", untyped({ expireSeconds: 1 }))).rejects.toThrow(
      refusal('no option "expireSeconds"', "expiresSeconds"),
    );
  });
});

describe("the dead letters of a group", () => {
  it.each([0, -1, 1.5, Number.NaN, "10", null])("are not listed up to %s", async (limit) => {
    await expect(
      makeClient()
        .deadLetters("g")
        .list({ limit: untyped(limit) }),
    ).rejects.toThrow(refusal("deadLetters.list", "limit must be"));
  });

  it("are not listed by an option that is not there", async () => {
    await expect(
      makeClient()
        .deadLetters("g")
        .list(untyped({ max: 1 })),
    ).rejects.toThrow(refusal('no option "max"', "limit"));
  });

  it.each([{ ids: "id" }, { ids: [5] }, { ids: null }, { ids: {} }, { ids: [undefined] }])(
    "are not sent again by %o",
    async ({ ids }) => {
      await expect(makeClient().deadLetters("g").redrive(untyped(ids))).rejects.toThrow(
        refusal("deadLetters.redrive", "ids"),
      );
    },
  );
});

describe("a client without a backend", () => {
  it.each<readonly [string, object]>([
    ["since none was given", { backend: undefined }],
    ["since nothing is stored", { statusExpires: 0, resultExpires: 0 }],
  ])("says so at once where a result is asked for, %s", async (_, more) => {
    const client = makeClient(more);
    const task = await client.send("g", "task");
    const wanted = coded(ErrorCode.NilBackend, "no result to read");
    await expect(task.value()).rejects.toThrow(wanted);
    await expect(task.result()).rejects.toThrow(wanted);
    await expect(task.status()).rejects.toThrow(wanted);
    await expect(client.getResult(task.id)).rejects.toThrow(wanted);
    await expect(client.getStatus(task.id)).rejects.toThrow(wanted);
  });

  it("cannot abort", async () => {
    const client = makeClient({ backend: undefined });
    const task = await client.send("g", "task");
    await expect(task.abort()).rejects.toThrow(coded(ErrorCode.NilBackend, "backend"));
  });
});

describe("a client that was closed", () => {
  it("takes nothing more", async () => {
    const client = makeClient();
    const task = await client.send("g", "task");
    const letters = client.deadLetters("g");
    await client.close();
    await client.close();
    const closed = coded(ErrorCode.Closed, "closed");
    await expect(client.send("g", "task")).rejects.toThrow(closed);
    await expect(client.sendMany([{ group: "g", name: "task" }])).rejects.toThrow(closed);
    await expect(client.sendWorkflow([{ group: "g", name: "task" }])).rejects.toThrow(closed);
    await expect(client.getResult(task.id)).rejects.toThrow(closed);
    await expect(client.getStatus(task.id)).rejects.toThrow(closed);
    await expect(client.abort(task.id)).rejects.toThrow(closed);
    await expect(client.counts("g")).rejects.toThrow(closed);
    expect(() => client.deadLetters("g")).toThrow(closed);
    await expect(task.value()).rejects.toThrow(closed);
    await expect(task.status()).rejects.toThrow(closed);
    await expect(task.abort()).rejects.toThrow(closed);
    await expect(letters.list()).rejects.toThrow(closed);
    await expect(letters.redrive()).rejects.toThrow(closed);
    await expect(letters.purge()).rejects.toThrow(closed);
  });
});

describe("a task's context", () => {
  it("refuses delays and counts that make no sense, as errors that the task sees", async () => {
    const drivers = settings();
    const server = makeServer(drivers);
    const seen: unknown[] = [];
    const attempt = (call: () => void) => {
      try {
        call();
      } catch (error) {
        seen.push(error);
      }
    };
    server.add(
      "g",
      "task",
      withContext((context) => {
        for (const delayMs of [-1, Number.NaN, "5"])
          attempt(() => context.retry(undefined, { delayMs: untyped(delayMs) }));
        for (const count of [-1, 1.5, Number.NaN, "5", undefined])
          attempt(() => context.setRetryCount(untyped(count)));
        return "done";
      }),
    );
    await server.run("g");
    expect(await (await makeClient(drivers).send("g", "task")).value()).toBe("done");
    expect(seen).toHaveLength(8);
    for (const error of seen.slice(0, 3)) expect(error).toEqual(refusal("context.retry", "delayMs must be"));
    for (const error of seen.slice(3))
      expect(error).toEqual(refusal("context.setRetryCount", "count must be"));
  });
});
