import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { encodeList, encodeValue } from "../../src/values/encode.js";

class Point {
  readonly x = 1;
  readonly #secret = 2;
  sum(): number {
    return this.x + this.#secret;
  }
}

class HttpError extends Error {
  toJSON() {
    return { status: 404 };
  }
}

class Itself {
  readonly at = new Date(0);
  toJSON() {
    return this;
  }
}

class Copied {
  readonly a = 1;
  readonly toJSON = () => ({ ...this });
}

const cycle: { name: string; self?: unknown } = { name: "cycle" };
cycle.self = [cycle];

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
};

const tenMillion = "0123456789".repeat(1_000_000);

describe("a value that crosses", () => {
  it.each<readonly [string, unknown, string]>([
    ["a text", "a", '"a"'],
    ["true", true, "true"],
    ["null", null, "null"],
    ["a number", 1.5, "1.5"],
    ["-0, as 0", -0, "0"],
    [
      "an object, in the order of its properties",
      { b: 1, a: [2, { c: null }] },
      '{"b":1,"a":[2,{"c":null}]}',
    ],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ["a key that is no name", { "a b": 1, "": 2, "<": 3 }, '{"a b":1,"":2,"\\u003c":3}'],
    ["undefined in an object, left out", { a: undefined, b: 1 }, '{"b":1}'],
    ["undefined in an array, as null", [undefined, 1], "[null,1]"],
    ["a hole in an array, as null", new Array(2), "[null,null]"],
    ["a symbol as a key, left out", { [Symbol("s")]: 1, a: 2 }, '{"a":2}'],
    ["the largest unsigned integer", 2n ** 64n - 1n, "18446744073709551615"],
    ["the least signed integer", -(2n ** 63n), "-9223372036854775808"],
    ["a small bigint, as a plain integer", 5n, "5"],
    ["a number of 64 bits, as a plain integer", 2 ** 53, "9007199254740992"],
    ["a Date", new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ["a Date that is none", new Date(Number.NaN), "null"],
    [
      "what has toJSON, as what that makes",
      { toJSON: () => ({ at: new Date(0) }) },
      '{"at":"1970-01-01T00:00:00.000Z"}',
    ],
    ["what has a toJSON that gives itself", new Itself(), '{"at":"1970-01-01T00:00:00.000Z"}'],
    ["what has a toJSON that copies it, with itself", new Copied(), '{"a":1}'],
    ["an Error that has toJSON", new HttpError("not found"), '{"status":404}'],
    ["a URL", new URL("http://host/path"), '"http://host/path"'],
    ["bytes, in base64", new Uint8Array([104, 105, 255]), '"aGn/"'],
    ["bytes of another realm", runInNewContext("new Uint8Array([104, 105, 255])"), '"aGn/"'],
    ["a part of a buffer", Buffer.from("xhix").subarray(1, 3), '"aGk="'],
    ["no bytes", new Uint8Array(), '""'],
    ["a class instance, as its own data", new Point(), '{"x":1}'],
    ["boxed values", [Object(1), Object("a"), Object(false), Object(2n)], '[1,"a",false,2]'],
    ["a lone surrogate, as an escape", "a\ud83d b", '"a\\ud83d b"'],
    ["an emoji, raw", "😀", '"😀"'],
    ["one object twice, which is no cycle", ((one) => [one, one])({ a: 1 }), '[{"a":1},{"a":1}]'],
    ["nesting up to 512 levels", nested(512), `${"[".repeat(512)}1${"]".repeat(512)}`],
  ])("%s", (_, value, text) => {
    expect(encodeValue(value, "value")).toBe(text);
    expect(() => JSON.parse(text)).not.toThrow();
  });

  it("may be a huge text", () => {
    expect(encodeValue(tenMillion, "value")).toHaveLength(tenMillion.length + 2);
    expect(encodeValue(`${tenMillion}<`, "value")).toHaveLength(tenMillion.length + 8);
  });

  it("has every text escaped so that it reads back the same", () => {
    for (let code = 0; code <= 0xffff; code++) {
      const character = String.fromCharCode(code);
      for (const text of [`a${character}\\b`, `"${character}"`])
        expect(JSON.parse(encodeValue(text, "value") ?? "")).toBe(text);
    }
  });
});

describe("a value that cannot cross", () => {
  it.each<readonly [string, unknown, string]>([
    ["NaN", Number.NaN, "args[0]"],
    ["Infinity", { a: [1, Number.POSITIVE_INFINITY] }, "args[0].a[1]"],
    ["-Infinity", [Number.NEGATIVE_INFINITY], "args[0][0]"],
    ["a bigint beyond 64 bits", { id: 2n ** 64n }, "args[0].id"],
    ["a bigint below 64 bits", -(2n ** 63n) - 1n, "args[0]"],
    ["a Map", { users: new Map() }, "args[0].users"],
    ["a Map with a property", Object.assign(new Map(), { a: 1 }), "args[0]"],
    ["a Set", { "a b": new Set([1]) }, 'args[0]["a b"]'],
    ["a WeakMap", new WeakMap(), "args[0]"],
    ["a RegExp", { pattern: /a/ }, "args[0].pattern"],
    ["an Error", { error: new TypeError("x") }, "args[0].error"],
    ["a symbol", [Symbol("s")], "args[0][0]"],
    ["a boxed symbol", [Object(Symbol("s"))], "args[0][0]"],
    ["a function", { call: () => 1 }, "args[0].call"],
    ["a class", { Point }, "args[0].Point"],
    ["a Promise", { later: Promise.resolve() }, "args[0].later"],
    ["an ArrayBuffer", new ArrayBuffer(1), "args[0]"],
    ["numbers in a typed array", new Uint16Array(1), "args[0]"],
    ["a generator", (function* () {})(), "args[0]"],
    ["an iterator", new Map().entries(), "args[0]"],
    ["URLSearchParams, whose data is not in its properties", new URLSearchParams("a=b"), "args[0]"],
    ["Headers", { headers: new Headers({ a: "b" }) }, "args[0].headers"],
    ["a cycle", cycle, "args[0].self[0]"],
    ["a toJSON that never ends", { toJSON: () => ({ toJSON: () => cycle }) }, "args[0].self[0]"],
    ["what toJSON makes, where that cannot cross", { toJSON: () => new Set() }, "args[0]"],
    ["nesting deeper than 512 levels", nested(513), "args[0][0]"],
    ["nesting that would overflow the stack", nested(100_000), "args[0][0]"],
    ["the key __proto__", { a: JSON.parse('{"__proto__":1}') }, "args[0].a.__proto__"],
  ])("%s is UnsupportedType, with its path", (_, value, path) => {
    const encode = () => encodeList([value], "args");
    expect(encode).toThrow(expect.objectContaining({ name: "YTaskError", code: 2 }));
    expect(encode).toThrow(new RegExp(`^${path.replace(/[[\]."$]/g, "\\$&")}`));
  });
});

describe("a value that throws while it is read", () => {
  const broken = new Error("broken");
  const fail = () => {
    throw broken;
  };

  it.each<readonly [string, unknown, string]>([
    ["a toJSON", { at: { toJSON: fail } }, "args[0].at"],
    ["a getter", [Object.defineProperty({}, "a", { get: fail, enumerable: true })], "args[0][0]"],
    ["a proxy", new Proxy({}, { ownKeys: fail }), "args[0]"],
  ])("%s is UnsupportedType, with its path and the cause", (_, value, path) => {
    expect(() => encodeList([value], "args")).toThrow(
      expect.objectContaining({
        code: 2,
        message: `${path}: it cannot be read: broken`,
        cause: broken,
      }),
    );
  });
});

describe("a list of arguments or values", () => {
  it("drops undefined at its end, so that defaults take its place", () => {
    expect(encodeList([1, undefined, undefined], "args")).toEqual(["1"]);
    expect(encodeList([undefined], "args")).toEqual([]);
  });

  it("keeps null at its end", () => expect(encodeList([1, null], "args")).toEqual(["1", "null"]));

  it("refuses undefined before another value, since null would defeat a default", () => {
    expect(() => encodeList([undefined, 1], "args")).toThrow(
      expect.objectContaining({
        code: 2,
        message: expect.stringMatching(/^args\[0\]: undefined.*pass null/),
      }),
    );
  });

  it("refuses a value whose toJSON makes nothing", () => {
    expect(() => encodeList([{ toJSON: () => undefined }], "args")).toThrow(/^args\[0\]: its toJSON/);
  });
});
