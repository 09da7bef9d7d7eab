import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { ErrorCode, withContext, withOptions } from "../../src/index.js";
import {
  badNames,
  coded,
  makeClient,
  makeDrivers,
  makeServer,
  refusal,
  untyped,
} from "../support/bad-input.js";
import * as greetings from "../support/greetings.js";

const badGroups = ["", "a{b}", "}", "Delay:mail", "a\ud800", undefined, null, 5, {}, Symbol("g")];
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
      const { broker, backend, logger } = makeDrivers();
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
    const drivers = makeDrivers();
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

  it("group that is no plain object is refused: a class keeps its methods where none would be found", () => {
    class Service {
      greet(): string {
        return "hello";
      }
    }
    for (const group of [new Service(), new Map([["greet", () => "hello"]]), () => "hello", [() => "hello"]])
      expect(() => makeServer().addAll(untyped({ mail: group }))).toThrow(
        refusal("the group mail must be a plain object { name: task }"),
      );
  });

  it("group may be a module, an object without a prototype, or one of another realm", async () => {
    const drivers = makeDrivers();
    const server = makeServer(drivers);
    server.addAll({
      module: greetings,
      bare: Object.assign(Object.create(null), { greet: () => "hello" }),
      realm: runInNewContext('({ greet: () => "hello" })'),
    });
    const client = makeClient(drivers);
    for (const group of ["module", "bare", "realm"]) {
      await server.run(group);
      expect(await (await client.send(group, "greet")).value()).toBe("hello");
    }
  });

  const options: readonly (readonly [string, readonly unknown[]])[] = [
    ["retryCount", [-1, 1.5, Number.NaN, "3", null]],
    ["timeoutMs", [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "1", null]],
    ["onComplete", [null, "callback", {}]],
    ["schema", [null, {}, "string", () => {}, { "~standard": null }, { "~standard": {} }]],
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
    const wanted = refusal(`^task g/task: options\\.${name}`, " must be| no option ");
    expect(() => makeServer().add("g", "task", () => {}, untyped(bad))).toThrow(wanted);
    const task = withOptions(() => {}, untyped(bad));
    expect(() => makeServer().addAll({ g: { task } })).toThrow(wanted);
  });

  it("that is no function is refused where it is wrapped", () => {
    expect(() => withContext(untyped(5))).toThrow(refusal("withContext"));
    expect(() => withOptions(untyped(5), {})).toThrow(refusal("withOptions"));
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
    const drivers = makeDrivers();
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
      const drivers = makeDrivers();
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

describe.each(["on", "off"] as const)("server.%s", (call) => {
  it("refuses an event that is not there, and a listener that is no function", () => {
    expect(() => makeServer()[call](untyped("done"), () => {})).toThrow(
      refusal('no event "done"', "succeeded"),
    );
    expect(() => makeServer()[call]("error", untyped("listener"))).toThrow(
      refusal("listener of error must be a function"),
    );
  });
});

describe("a task's context", () => {
  it("refuses delays and counts that make no sense, as errors that the task sees", async () => {
    const drivers = makeDrivers();
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
        for (const options of [{ delay: 5 }, null, 5])
          attempt(() => context.retry(undefined, untyped(options)));
        for (const count of [-1, 1.5, Number.NaN, "5", undefined])
          attempt(() => context.setRetryCount(untyped(count)));
        return "done";
      }),
    );
    await server.run("g");
    expect(await (await makeClient(drivers).send("g", "task")).value()).toBe("done");
    expect(seen).toHaveLength(11);
    for (const error of seen.slice(0, 3)) expect(error).toEqual(refusal("context.retry", "delayMs must be"));
    for (const error of seen.slice(3, 6)) expect(error).toEqual(refusal("context.retry: options"));
    for (const error of seen.slice(6))
      expect(error).toEqual(refusal("context.setRetryCount", "count must be"));
  });
});
