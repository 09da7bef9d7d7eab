import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { YTaskError } from "../../src/errors.js";
import { isFinished } from "../../src/results/finished.js";
import { decodeValue } from "../../src/values/decode.js";
import { encodeValue } from "../../src/values/encode.js";
import { parseMessage, parseResult, serializeMessage, serializeResult } from "../../src/wire/index.js";
import {
  anyBody,
  anyMessage,
  anyResult,
  anyStored,
  anyText,
  cases,
  timeoutMs,
} from "../support/arbitraries.js";

/** What a call returns; undefined where it throws what this library throws on purpose. Anything else fails the test. */
function outcomeOf<Value>(call: () => Value): Value | undefined {
  try {
    return call();
  } catch (error) {
    if (!YTaskError.isInstance(error)) throw error;
    return undefined;
  }
}

describe("whatever comes from outside", () => {
  it(
    "is read as a message or refused with a YTaskError, and what was read can be written and read again",
    () => {
      const property = fc.property(anyBody, fc.constantFrom(2, 3), (body, version) => {
        const message = outcomeOf(() => parseMessage(body));
        if (message === undefined) return;
        const written = serializeMessage(message, version);
        expect(serializeMessage(parseMessage(written), version)).toBe(written);
      });
      fc.assert(property, cases(3_000, 100_000));
    },
    timeoutMs,
  );

  it(
    "is read alike in the quick way and in the general one, which a blank more makes it take",
    () => {
      const body = fc
        .record({
          id: fc.oneof(fc.uuid(), fc.constantFrom("", "ä", '\\"', '","Id":"')),
          name: fc.constantFrom("echo", "a.b:c/d", "é", "\n", "\\u0041", 'a","WorkerName":"b'),
          args: fc.oneof(
            fc.array(fc.json(), { maxLength: 3 }).map((args) => JSON.stringify(args)),
            fc.constantFrom(
              "[]",
              "null",
              "[1]",
              '["1",]',
              '[["1"]]',
              '["1"],"FuncArgs":["2"]',
              '["1"],"X":["2"]',
            ),
            anyText.map((one) => `["${one}"]`),
          ),
          retryCount: fc.constantFrom(
            "0",
            "3",
            "999999999",
            "03",
            "-1",
            "1.5",
            "1e2",
            "12345678901",
            '"1"',
            "",
          ),
          rest: fc.constantFrom(
            "}",
            ',"Extra":{"Default":[0]}}',
            ',"Extra":{"Default":[1]}}',
            "} ",
            "}}",
            "",
          ),
        })
        .map(
          ({ id, name, args, retryCount, rest }) =>
            `{"Id":"${id}","WorkerName":"${name}","FuncArgs":${args},"MsgArgs":{"RetryCount":${retryCount},` +
            `"RunTime":"0001-01-01T00:00:00Z","ExpireTime":"0001-01-01T00:00:00Z","Workflow":null}${rest}`,
        );
      const property = fc.property(body, (text) => {
        const outcome = outcomeOf(() => parseMessage(text));
        expect(outcome).toEqual(outcomeOf(() => parseMessage(text.replace("{", "{ "))));
      });
      fc.assert(property, cases(10_000, 300_000));
    },
    timeoutMs,
  );

  it(
    "is read as a result or refused with a YTaskError, and so is each of its values",
    () => {
      const property = fc.property(anyStored, (text) => {
        const result = outcomeOf(() => parseResult(text));
        if (result === undefined) return;
        expect(typeof result.isFinished()).toBe("boolean");
        outcomeOf(() => result.values());
        for (const index of [-1, 0, 0.5, 1]) {
          outcomeOf(() => result.get(index));
          outcomeOf(() => result.getInt64(index));
          outcomeOf(() => result.getString(index));
        }
      });
      fc.assert(property, cases(3_000, 100_000));
    },
    timeoutMs,
  );

  it(
    "is read as a value or refused with a YTaskError, and sets no prototype",
    () => {
      const property = fc.property(fc.oneof(anyBody, anyText, fc.json()), (text) => {
        const value = outcomeOf(() => decodeValue(text, "values", 0));
        if (typeof value !== "object" || value === null || Array.isArray(value)) return;
        expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      });
      fc.assert(property, cases(3_000, 100_000));
      expect({}).not.toHaveProperty("a");
    },
    timeoutMs,
  );
});

describe("what this library writes", () => {
  it(
    "reads back as the message that it was",
    () => {
      const property = fc.property(anyMessage, fc.constantFrom(2, 3), (message, version) => {
        expect(parseMessage(serializeMessage(message, version))).toEqual(message);
      });
      fc.assert(property, cases(2_000, 100_000));
    },
    timeoutMs,
  );

  it(
    "reads back as the result that it was, and its text tells whether it is finished",
    () => {
      const property = fc.property(anyResult, (fields) => {
        const text = serializeResult(fields);
        const result = parseResult(text);
        expect({ ...result }).toEqual({ ...fields, workflow: fields.workflow ?? [] });
        expect(isFinished(text)).toBe(result.isFinished());
      });
      fc.assert(property, cases(2_000, 100_000));
    },
    timeoutMs,
  );

  it(
    "reads back as the value that it was",
    () => {
      const scalar = fc.oneof(
        fc.string({ unit: "grapheme" }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer(),
        fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
        fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
        fc.constantFrom(null, true, false),
      );
      const { value: anyValue } = fc.letrec((tie) => ({
        value: fc.oneof(
          { maxDepth: 4 },
          scalar,
          fc.array(tie("value"), { maxLength: 4 }),
          fc.dictionary(
            fc.string().filter((key) => key !== "__proto__"),
            tie("value"),
            {
              maxKeys: 4,
              noNullPrototype: true,
            },
          ),
        ),
      }));
      const property = fc.property(anyValue, (value) => {
        expect(decodeValue(encodeValue(value, "value") ?? "", "values", 0)).toEqual(plain(value));
      });
      fc.assert(property, cases(2_000, 100_000));
    },
    timeoutMs,
  );

  it(
    "is refused with a YTaskError where a value cannot cross",
    () => {
      const anything = fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withTypedArray: true,
      });
      const property = fc.property(fc.oneof(anything, fc.object()), (value) => {
        const text = outcomeOf(() => encodeValue(value, "value"));
        if (text !== undefined) JSON.parse(text);
      });
      fc.assert(property, cases(2_000, 100_000));
    },
    timeoutMs,
  );
});

/** A value as it arrives: whole numbers that a double holds are numbers, larger ones bigints, and -0 is 0. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === "number") return arrived(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, property]) => [key, plain(property)]));
}

/** A whole number beyond 2^53 is one of 64 bits to who reads it, where it has no more. */
function arrived(value: number): number | bigint {
  if (Object.is(value, -0)) return 0;
  const isUnsafe = Number.isInteger(value) && !Number.isSafeInteger(value);
  return isUnsafe && value >= -(2 ** 63) && value < 2 ** 64 ? BigInt(value) : value;
}
