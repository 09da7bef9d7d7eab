import { capturesOf } from "@ytask-internal/go-captures";
import { describe, expect, it } from "vitest";
import { encodeList } from "../../src/values/encode.js";
import { parseMessage } from "../../src/wire/index.js";

const user = (Id: number, Name: string) => ({ Id, Name });

/** The JavaScript values that are what Go sent, by the name of the capture. */
const same: Readonly<Record<string, readonly unknown[]>> = {
  no_args: [],
  int: [1, 2],
  int_zero: [0],
  int_negative: [-123, -128, -32_768, -2_147_483_648],
  int64_max: [9_223_372_036_854_775_807n],
  int64_min: [-9_223_372_036_854_775_808n],
  uint64_max: [18_446_744_073_709_551_615n],
  float_1: [1],
  float_1_5: [1.5],
  float_0_1: [0.1],
  float_third: [1 / 3],
  float_negative: [-2.25],
  float_zero: [0],
  float_1e6: [1e6],
  float_1e20: [1e20],
  float_1e21: [1e21],
  float_1e22: [1.5e22],
  float_max: [Number.MAX_VALUE],
  float_1em6: [1e-6],
  float_1em7: [1e-7],
  float_smallest: [5e-324],
  float_2p53: [2 ** 53],
  float_pi: [Math.PI],
  float32: [0.1, 16_777_216, 1e21, 1e-7],
  bool: [true, false],
  string: ["hello"],
  string_empty: [""],
  string_unicode: ["你好, мир, é ü ñ"],
  string_emoji: ["😀 👨‍👩‍👧 🇨🇳"],
  string_html: ["<script>a && b</script> > < &"],
  string_quotes: ["he said \"hi\" 'x' \\ / back"],
  string_newlines: ["a\nb\r\nc\td"],
  string_controls: ["\x00\x01\x07\x08\x0b\x0c\x1b\x1f\x7f"],
  string_line_sep: ["\u2028\u2029"],
  string_bom_nonchar: ["\ufeff\uffff\u{10ffff}"],
  string_json_inside: ['{"a":[1,"<b>"]}'],
  string_number_like: ["123"],
  string_long: ["ab<".repeat(400)],
  rune_byte: [97, 255],
  nil: [null],
  nil_pointer: [null],
  pointer: [7],
  nil_slice: [null],
  nil_map: [null],
  empty_slice: [[]],
  empty_map: [{}],
  struct: [user(1, "Ann <b>")],
  struct_pointer: [user(1, "Ann")],
  struct_nested: [
    {
      Id: 1,
      Name: "n",
      Tags: ["a", "<b>"],
      In: { X: 1.5, Ok: true },
      Ptr: 7,
      M: { k: 1 },
      Users: [user(1, "a"), user(2, "b")],
    },
  ],
  struct_nested_zero: [
    { Id: 0, Name: "", Tags: null, In: { X: 0, Ok: false }, Ptr: null, M: null, Users: null },
  ],
  struct_tags: [{ A: 1, yjson_b: "b", yjson_c: "c", E: undefined }],
  struct_embedded: [{ ...user(1, "a"), Extra: "x" }],
  slice_of_struct: [[user(1, "a"), user(2, "b")]],
  slice_mixed_args: [user(1, "u"), [322, 11], ["bb", "cc"]],
  array: [[1, 2, 3]],
  map_one: [{ "k<": "v&" }],
  map_nested: [{ a: { b: [1, "x", null, true, 1.5] } }],
  map_many: [{ b: 2, a: 1, c: 3 }],
  map_int_key: [{ 5: "x" }],
  slice_interface: [[1, "a", null, 2.5]],
  bytes: [new Uint8Array([...Buffer.from("hello"), 0, 255])],
  bytes_empty: [Buffer.alloc(0)],
  bytes_nil: [null],
  time_utc_nanos: ["2024-02-29T13:04:05.123456789Z"],
  time_utc_seconds: ["2024-02-29T13:04:05Z"],
  time_utc_millis: ["2024-02-29T13:04:05.12Z"],
  time_zone: ["2024-02-29T13:04:05.1234567+08:00"],
  time_zone_neg: ["2024-02-29T13:04:05-03:30"],
  time_zero: ["0001-01-01T00:00:00Z"],
  time_year_9999: ["9999-12-31T23:59:59.999999999Z"],
  duration: [1_500_000_000],
  json_number: [12_345_678_901_234_567_890n],
};

/** What Go writes in a way that no value here leads to. */
const others: Readonly<Record<string, string>> = {
  float_neg_zero: "-0 is written 0 here",
  string_invalid_utf8: "a string here cannot hold a byte that is no UTF-8",
  raw_message: "text that is already JSON crosses only as a string",
};

const arguments_ = (["messages-v2.5.0", "messages-v3.0.2"] as const).flatMap((file) =>
  capturesOf(file).filter(
    ({ kind, body, go }) => kind === "message" && body && go.startsWith("client.Send("),
  ),
);

describe("arguments", () => {
  it("are encoded as each capture shows, but for the few that no value here leads to", () => {
    const names = new Set(arguments_.map((capture) => capture.case));
    expect([...Object.keys(same), ...Object.keys(others)].sort()).toEqual([...names].sort());
  });

  it.each(
    arguments_
      .filter(({ case: name }) => name in same)
      .map((capture) => [capture.case, capture.body] as const),
  )("%s: are encoded as Go does", (name, body) => {
    expect(encodeList(same[name] ?? [], "args")).toEqual(parseMessage(body).args);
  });

  it.each([
    ["float_nan", Number.NaN],
    ["float_inf", Number.POSITIVE_INFINITY],
    ["complex_unsupported", Symbol("a channel")],
  ])("%s: are refused, as Go does", (name, value) => {
    const capture = capturesOf("messages-v3.0.2").find((one) => one.case === name);
    expect(capture?.send_error).toBeTruthy();
    expect(() => encodeList([value], "args")).toThrow(expect.objectContaining({ code: 2 }));
  });
});
