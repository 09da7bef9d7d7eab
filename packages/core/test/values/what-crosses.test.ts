import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/driver.js";
import { Client, ErrorCode, returns, Server, TaskFailed } from "../../src/index.js";
import { MemoryBackend, MemoryBroker } from "../../src/memory/index.js";

class Account {
  readonly id: number;
  readonly #password = "secret";
  constructor(id: number) {
    this.id = id;
  }
  check(password: string): boolean {
    return password === this.#password;
  }
}

const cycle: unknown[] = [];
cycle.push(cycle);

/** What a task returned, by the name that the client asks for: as if it were made on the server. */
const returned = new Map<string, unknown>();
let attempts = 0;

const drivers = { broker: new MemoryBroker(), backend: new MemoryBackend(), logger: silentLogger };
const server = new Server(drivers);
const client = new Client(drivers);

beforeAll(async () => {
  server.add("values", "echo", (...values: unknown[]) => returns(...values));
  server.add("values", "types", (...values: unknown[]) => values.map((value) => typeof value));
  server.add("values", "count", (...values: unknown[]) => values.length);
  server.add("values", "greet", (name = "nobody", mark = "!") => `${name}${mark}`);
  server.add("values", "return", (name: string) => {
    attempts++;
    return returned.get(name);
  });
  await server.run("values", { concurrency: 10 });
});

afterAll(async () => {
  await client.close();
  await server.shutdown();
});

const echo = async (...values: unknown[]) =>
  (await (await client.send("values", "echo", values)).result()).values();

describe("an argument on its way to a task and back", () => {
  it.each<readonly [string, unknown, unknown?]>([
    ["a text", "你好 <b>😀</b>\u2028"],
    ["an empty text", ""],
    ["a lone surrogate", "a\ud83d"],
    ["true", true],
    ["null", null],
    ["a fraction", 0.1],
    ["the least number above 0", 5e-324],
    ["the largest number", Number.MAX_VALUE],
    ["-0, as 0", -0, 0],
    ["a plain object", { id: 1, name: "aa", tags: ["x", null], in: { ok: true } }],
    ["an array", [1, [2, [3]], []]],
    ["the largest safe integer", Number.MAX_SAFE_INTEGER],
    ["the least safe integer", Number.MIN_SAFE_INTEGER],
    ["2^53 as a number, which arrives as a bigint", 2 ** 53, 2n ** 53n],
    ["2^60 as a number, whose text would have other digits", 2 ** 60, 2n ** 60n],
    ["the least signed integer as a number", -(2 ** 63), -(2n ** 63n)],
    ["a small bigint, which arrives as a number", 5n, 5],
    ["2^53 - 1 as a bigint, which arrives as a number", 2n ** 53n - 1n, Number.MAX_SAFE_INTEGER],
    ["the largest signed integer", 2n ** 63n - 1n],
    ["the least signed integer", -(2n ** 63n)],
    ["the largest unsigned integer", 2n ** 64n - 1n],
    ["a number beyond 64 bits", 2 ** 65],
    ["a bigint inside an object, beside a text of digits", { id: 2n ** 60n, text: "12345678901234567890" }],
    ["a Date, as its text", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["bytes, as base64", new Uint8Array([1, 2, 255]), "AQL/"],
    ["a class instance, as its own data", new Account(7), { id: 7 }],
    ["undefined in an object, left out", { a: undefined, b: 1 }, { b: 1 }],
    ["undefined in an array, as null", [undefined, 1], [null, 1]],
  ])("crosses: %s", async (_, value, arrives = value) => {
    expect(await echo(value, 1)).toStrictEqual([arrives, 1]);
  });

  it("is a bigint to the task only where a number cannot hold it", async () => {
    const task = await client.send("values", "types", [
      5n,
      2n ** 53n - 1n,
      2n ** 53n,
      -(2n ** 53n),
      2 ** 53,
      2 ** 65,
    ]);
    expect(await task.value()).toEqual(["number", "number", "bigint", "bigint", "bigint", "number"]);
  });

  it("is dropped where it is undefined and none follows, so that a default takes its place", async () => {
    expect(await (await client.send("values", "count", [1, undefined, undefined])).value()).toBe(1);
    expect(await (await client.send("values", "greet", ["you", undefined])).value()).toBe("you!");
    expect(await (await client.send("values", "greet")).value()).toBe("nobody!");
  });

  it.each<readonly [string, readonly unknown[], string]>([
    ["a Map", [1, { users: new Map() }], "args[1].users"],
    ["a Set", [[new Set()]], "args[0][0]"],
    ["a RegExp", [/a/], "args[0]"],
    ["an Error", [{ error: new Error("x") }], "args[0].error"],
    ["a symbol", [Symbol("s")], "args[0]"],
    ["a function", [[() => 1]], "args[0][0]"],
    ["a Promise", [{ later: Promise.resolve(1) }], "args[0].later"],
    ["NaN", [{ "a b": Number.NaN }], 'args[0]["a b"]'],
    ["Infinity", [1, 2, Number.POSITIVE_INFINITY], "args[2]"],
    ["a bigint beyond 64 bits", [2n ** 64n], "args[0]"],
    ["a cycle", [cycle], "args[0][0]"],
    ["undefined before another", [undefined, 1], "args[0]"],
    [
      "a getter that throws",
      [
        {
          get a() {
            throw new Error("x");
          },
        },
      ],
      "args[0]",
    ],
  ])("is refused at the send, with its path: %s", async (_, args, path) => {
    await expect(client.send("values", "echo", args)).rejects.toThrow(
      expect.objectContaining({
        code: ErrorCode.UnsupportedType,
        message: expect.stringContaining(`${path}: `),
      }),
    );
    expect(await client.counts("values")).toMatchObject({ waiting: 0, delayed: 0 });
  });
});

describe("a value that a task returns", () => {
  const returnAndRead = async (value: unknown) => {
    const name = crypto.randomUUID();
    returned.set(name, value);
    return (await client.send("values", "return", [name])).value();
  };

  it.each<readonly [string, unknown, unknown?]>([
    ["nothing", undefined],
    ["null", null],
    ["a Date, as its text", { at: new Date(0) }, { at: "1970-01-01T00:00:00.000Z" }],
    ["a class instance, as its own data", new Account(1), { id: 1 }],
    ["a large integer", 2n ** 63n],
    ["what looks like several values", JSON.parse('{"~returns":[1,2]}'), { "~returns": [1, 2] }],
    ["what looks like very many", { "~returns": { length: 1e15 } }],
    ["one value", returns("one"), "one"],
    ["several values", returns(1, "two", [3]), [1, "two", [3]]],
  ])("crosses: %s", async (_, value, arrives = value) => {
    expect(await returnAndRead(value)).toStrictEqual(arrives);
  });

  it("crosses: no values at all", async () => expect(await returnAndRead(returns())).toBeUndefined());

  it.each<readonly [string, unknown, string]>([
    ["a Map", { users: [new Map()] }, "returned[0].users[0]"],
    ["an Error", new Error("x"), "returned[0]"],
    ["a function", { call: () => 1 }, "returned[0].call"],
    ["a Promise inside", [Promise.resolve(1)], "returned[0][0]"],
    ["NaN", Number.NaN, "returned[0]"],
    ["a cycle", cycle, "returned[0][0]"],
    ["a bigint beyond 64 bits, as the second value", returns(1, -(2n ** 64n)), "returned[1]"],
    ["undefined before another value", returns(undefined, 1), "returned[0]"],
  ])("fails the task at once where it cannot cross, without retries: %s", async (_, value, path) => {
    const before = attempts;
    const failure = await returnAndRead(value).catch((error: unknown) => error);
    expect(TaskFailed.isInstance(failure) && failure.result).toMatchObject({ retryCount: 0 });
    expect(failure).toMatchObject({
      code: ErrorCode.TaskFailed,
      message: expect.stringContaining(`${path}: `),
    });
    expect(attempts).toBe(before + 1);
    // The server goes on.
    expect(await returnAndRead("next")).toBe("next");
  });
});

describe("a message from a peer that means harm", () => {
  it("fails its task at once, and the server goes on", async () => {
    const { broker } = drivers;
    const body = (id: string, argument: string) =>
      `{"Id":"${id}","WorkerName":"echo","FuncArgs":[${JSON.stringify(argument)}],"MsgArgs":{"RetryCount":3}}`;
    const levels = 100_000;
    await broker.send([
      { queue: "YTask:Queue:values", body: body("deep", `${"[".repeat(levels)}${"]".repeat(levels)}`) },
      { queue: "YTask:Queue:values", body: body("prototype", '{"\\u005f_proto__":{"isAdmin":true}}') },
      { queue: "YTask:Queue:values", body: body("text", "no JSON") },
    ]);
    for (const [id, message] of [
      ["deep", "nested more than 512 deep"],
      ["prototype", "__proto__"],
      ["text", "not JSON"],
    ] as const) {
      const result = await client.getResult(id);
      expect(result.isFailure()).toBe(true);
      expect(result.error).toContain(message);
      expect(result.retryCount).toBe(0);
    }
    expect(await echo("next")).toEqual(["next"]);
  });
});
