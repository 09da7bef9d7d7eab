import fc from "fast-check";
import type { Message, ResultFields } from "../../src/wire/index.js";

/** How many cases a property gets: a few in every run, many in a long one. */
export const cases = (inEveryRun: number, inALongOne: number): { readonly numRuns: number } => ({
  numRuns: process.env.YTASK_TEST_FULL ? inALongOne : inEveryRun,
});

/** How long a property may take, in milliseconds. */
export const timeoutMs = process.env.YTASK_TEST_FULL ? 1_800_000 : 60_000;

/** Any text, and more often than not what JSON, JavaScript and this wire format have a meaning for. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    "",
    "__proto__",
    "constructor",
    "toString",
    "null",
    "\u2028<&>",
    '"Status":4',
    '","waiting"]',
  ),
  fc.constantFrom("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2020-02-30T25:61:61+99:99"),
);

/** What JSON texts of other origin hold where a number or anything else is expected. */
const oddJson: fc.Arbitrary<string> = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fc.constantFrom("null", "true", "[]", "{}", "-0", "1e400", "-1e400", "1e-400", "0.5", "-1", "1e19"),
  fc.constantFrom("9007199254740993", "18446744073709551616", `1${"0".repeat(400)}`, '"\\ud800"'),
  fc.constantFrom('{"__proto__":{"a":1}}', '{"constructor":{"prototype":{"a":1}}}', '[["a","waiting"]]'),
  fc.integer({ min: 1, max: 20_000 }).map((depth) => `${"[".repeat(depth)}${"]".repeat(depth)}`),
  fc.bigInt().map(String),
  anyText.map((text) => JSON.stringify(text)),
);

/** A JSON object with these fields, some of them missing, twice, in other case, or of another type. */
const objectText = (fields: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> => {
  const names = Object.keys(fields);
  const right = fc.tuple(...Object.values(fields));
  const changes = fc.array(fc.tuple(fc.constantFrom(...names, "Other", "__proto__"), oddJson), {
    maxLength: 2,
  });
  const missing = fc.array(fc.constantFrom(...names), { maxLength: 1 });
  return fc.tuple(right, changes, missing, fc.boolean()).map(([values, changed, left, isLower]) => {
    const members = values.flatMap((value, index) => {
      const name = names[index] ?? "";
      return left.includes(name) ? [] : [`${JSON.stringify(isLower ? name.toLowerCase() : name)}:${value}`];
    });
    for (const [name, value] of changed) members.push(`${JSON.stringify(name)}:${value}`);
    return `{${members.join()}}`;
  });
};

const jsonOf = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  arbitrary.map((value) => JSON.stringify(value));

const small = jsonOf(fc.integer({ min: -2, max: 9 }));
const timeText = fc
  .date({ min: new Date("0001-01-02T00:00:00Z"), max: new Date("9999-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString());

const stepText = objectText({
  GroupName: jsonOf(fc.constantFrom("fuzz", "other", "", "{a}", "Delay:a")),
  WorkerName: jsonOf(fc.constantFrom("known", "unknown", "")),
  RetryCount: small,
  RunAfter: jsonOf(fc.constantFrom(0, 1, 1_500_000_000, -5)),
  ExpireTime: jsonOf(fc.constantFrom("0001-01-01T00:00:00Z", "2000-01-01T00:00:00Z")),
});

const controlText = objectText({
  RetryCount: small,
  RunTime: jsonOf(fc.oneof(timeText, fc.constant("0001-01-01T00:00:00Z"))),
  ExpireTime: jsonOf(fc.constantFrom("0001-01-01T00:00:00Z", "2000-01-01T00:00:00Z", "2999-01-01T00:00:00Z")),
  Workflow: fc.oneof(
    fc.constant("null"),
    fc.array(stepText, { maxLength: 3 }).map((steps) => `[${steps.join()}]`),
  ),
});

const extraText = objectText({
  Step: small,
  Retried: small,
  Default: jsonOf(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 })),
  Execution: jsonOf(anyText),
  UnknownForMs: jsonOf(fc.constantFrom(0, 59_000, 60_000, 1e15)),
});

const argumentsText = fc
  .array(fc.oneof(oddJson, anyText), { maxLength: 3 })
  .map((texts) => JSON.stringify(texts));

const messageText = objectText({
  Id: jsonOf(fc.oneof(fc.uuid(), anyText)),
  WorkerName: jsonOf(fc.constantFrom("known", "known", "unknown")),
  FuncArgs: argumentsText,
  MsgArgs: controlText,
  Extra: extraText,
});

const resultText = objectText({
  Id: jsonOf(anyText),
  Status: small,
  FuncReturn: argumentsText,
  RetryCount: small,
  Workflow: jsonOf(
    fc.array(fc.tuple(anyText, fc.constantFrom("waiting", "running", "success", "failure", "odd")), {
      maxLength: 3,
    }),
  ),
  Err: jsonOf(anyText),
  Extra: jsonOf(fc.record({ Execution: anyText })),
});

/** A text with a few characters taken out, put in or cut off. */
const damaged = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(text, fc.nat(), fc.nat({ max: 3 }), anyText).map(([whole, at, cut, put]) => {
    const from = whole.length === 0 ? 0 : at % whole.length;
    return whole.slice(0, from) + put.slice(0, 2) + whole.slice(from + cut);
  });

/** What may be in a queue: nearly right messages, damaged ones, and anything. */
export const anyBody: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: messageText },
  { weight: 3, arbitrary: damaged(messageText) },
  { weight: 1, arbitrary: oddJson },
  { weight: 1, arbitrary: anyText },
);

/** What may be stored where a result should be. */
export const anyStored: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: resultText },
  { weight: 3, arbitrary: damaged(resultText) },
  { weight: 1, arbitrary: oddJson },
  { weight: 1, arbitrary: anyText },
);

const count = fc.nat({ max: 1_000_000 });
const optional = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(arbitrary, { nil: undefined });
/** Whole texts only: half of a surrogate pair is not a character that UTF-8 could carry. */
const wholeText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  anyText.filter((text) => !/\p{Surrogate}/u.test(text)),
);

/** A message as this library may write it. */
export const anyMessage: fc.Arbitrary<Message> = fc.record({
  id: wholeText,
  name: wholeText,
  args: fc.array(fc.oneof(fc.json(), wholeText), { maxLength: 4 }),
  retryCount: fc.integer({ min: -5, max: 2 ** 31 }),
  runTime: optional(timeText),
  expireTime: optional(timeText),
  workflow: optional(
    fc.array(
      fc.record({
        group: wholeText,
        name: wholeText,
        retryCount: count,
        runAfterMs: count,
        expireTime: optional(timeText),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  ),
  extra: fc.record({
    step: optional(count),
    retried: optional(fc.integer({ min: 1, max: 1_000 })),
    defaultRetryCount: optional(fc.array(count, { minLength: 1, maxLength: 3 })),
    executionId: optional(wholeText),
    unknownForMs: optional(fc.integer({ min: 1, max: 1_000_000 })),
  }),
});

/** A result as this library may write it. */
export const anyResult: fc.Arbitrary<ResultFields> = fc.record({
  id: wholeText,
  status: fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7),
  returned: optional(fc.array(fc.oneof(fc.json(), wholeText), { maxLength: 3 })),
  retryCount: count,
  workflow: optional(
    fc.array(
      fc.record({
        name: wholeText,
        status: fc.constantFrom("waiting", "running", "success", "failure", "expired", "abort"),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  ),
  error: optional(wholeText.filter((text) => text !== "")),
  executionId: optional(wholeText.filter((text) => text !== "")),
});
