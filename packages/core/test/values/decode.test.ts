import { describe, expect, it } from "vitest";
import { decodeValue } from "../../src/values/decode.js";

const decode = (text: string) => decodeValue(text, "args", 0);

describe("an integer from the other side", () => {
  it.each<readonly [string, number | bigint]>([
    ["0", 0],
    ["-7", -7],
    ["9007199254740991", 9_007_199_254_740_991],
    ["-9007199254740991", -9_007_199_254_740_991],
    ["9007199254740992", 9_007_199_254_740_992n],
    ["-9007199254740992", -9_007_199_254_740_992n],
    ["9007199254740993", 9_007_199_254_740_993n],
    ["9223372036854775807", 2n ** 63n - 1n],
    ["-9223372036854775808", -(2n ** 63n)],
    ["18446744073709551615", 2n ** 64n - 1n],
    ["18446744073709551616", 2 ** 64],
    ["-9223372036854775809", -(2 ** 63)],
    ["100000000000000000000", 1e20],
    ["1e21", 1e21],
    ["1e+21", 1e21],
    ["9007199254740993.0", 9_007_199_254_740_992],
    ["9007199254740993e0", 9_007_199_254_740_992],
    ["0.12345678901234567890", 0.12345678901234568],
    ["12345678901234567.5", 12345678901234568],
    ["1.5e-07", 1.5e-7],
  ])("%s", (text, value) => expect(decode(text)).toBe(value));

  it("keeps its digits wherever it stands", () => {
    const text =
      '{"ids":[9007199254740993,1,{"max":18446744073709551615}],"name":"9007199254740993","f":0.25}';
    expect(decode(text)).toEqual({
      ids: [9_007_199_254_740_993n, 1, { max: 18_446_744_073_709_551_615n }],
      name: "9007199254740993",
      f: 0.25,
    });
  });

  it("is a number though a text beside it holds many digits", () => {
    expect(decode('["12345678901234567890",5,-0.5]')).toEqual(["12345678901234567890", 5, -0.5]);
  });
});

describe("a text beside a large integer", () => {
  it.each([
    ["quotes and backslashes", '"\\\\\\" \\/ \\b\\f\\n\\r\\t"'],
    ["escapes", '"\\u003c\\ud83d\\ude00"'],
    ["a lone surrogate", '"a\\ud83d b"'],
    ["raw characters", '"你好 😀 \u2028 \u007f"'],
    ["a bracket and a comma", '"],{\\"a\\":1}"'],
    ["white space around", ' \n\t"a" \r'],
  ])("reads the same as without: %s", (_, json) => {
    expect(decode(`[9007199254740993,${json}]`)).toEqual([9_007_199_254_740_993n, JSON.parse(json)]);
  });

  it("reads the same for names that objects inherit", () => {
    const text = '{"constructor":1,"toString":2,"hasOwnProperty":9007199254740993}';
    expect(Object.entries(decode(text) as object)).toEqual([
      ["constructor", 1],
      ["toString", 2],
      ["hasOwnProperty", 9_007_199_254_740_993n],
    ]);
  });

  it("has of two members with one name the last, as without", () => {
    expect(decode('{"a":1,"a":{"b":2}}')).toEqual({ a: { b: 2 } });
    expect(decode('{"a":9007199254740993,"a":{"b":2}}')).toEqual({ a: { b: 2 } });
    expect(decode('{"a":{"b":2},"a":9007199254740993}')).toEqual({ a: 9_007_199_254_740_993n });
  });
});

describe("what a peer must not do", () => {
  it.each([
    ["plain", '{"a":[{"__proto__":{"isAdmin":true}}]}'],
    ["escaped", '{"\\u005f_proto__":{"isAdmin":true}}'],
    ["escaped throughout", '{"\\u005F\\u005fproto\\u005f\\u005f":1}'],
    ["beside a large integer", '{"id":9007199254740993,"__proto__":{"isAdmin":true}}'],
    ["below many levels", `${"[".repeat(100_000)}{"__proto__":1}${"]".repeat(100_000)}`],
  ])("the key __proto__ is refused: %s", (_, text) => {
    expect(() => decode(text)).toThrow(expect.objectContaining({ name: "YTaskError", code: 2 }));
    expect(() => decode(text)).toThrow(/^args\[0\]: the key "__proto__"/);
  });

  it("the text __proto__ and the key constructor are data", () => {
    expect(decode('["__proto__","\\u005f_proto__"]')).toEqual(["__proto__", "__proto__"]);
    expect(decode('{"constructor":{"prototype":{"x":1}}}')).toEqual({ constructor: { prototype: { x: 1 } } });
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it("nesting of 100,000 levels is read, or refused where it holds a large integer; it ends no process", () => {
    const levels = 100_000;
    expect(Array.isArray(decode(`${"[".repeat(levels)}1${"]".repeat(levels)}`))).toBe(true);
    expect(() => decode(`${"[".repeat(levels)}9007199254740993${"]".repeat(levels)}`)).toThrow(
      expect.objectContaining({ code: 2, message: expect.stringContaining("nested too deep") }),
    );
  });

  it("a million digits are a number, or a text", () => {
    const digits = "1".repeat(1_000_000);
    expect(decode(digits)).toBe(Number.POSITIVE_INFINITY);
    expect(decode(`"${digits}"`)).toBe(digits);
  });

  it.each(["", "{", "[1,]", "undefined", "NaN", "'a'", '"\u0000"', "1 2", "01", "[9007199254740993"])(
    "what is no JSON is UnsupportedType, with its place: %s",
    (text) => {
      expect(() => decode(text)).toThrow(expect.objectContaining({ code: 2 }));
      expect(() => decode(text)).toThrow(/^args\[0\]: not JSON/);
    },
  );
});
