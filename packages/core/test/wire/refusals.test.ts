import { describe, expect, it } from "vitest";
import {
  type Message,
  queueKey,
  type ResultFields,
  serializeMessage,
  serializeResult,
} from "../../src/wire/index.js";
import { refusal, untyped } from "../support/bad-input.js";

const message: Message = {
  id: "id",
  name: "task",
  args: ["1"],
  retryCount: 3,
  runTime: undefined,
  expireTime: undefined,
  workflow: undefined,
  extra: {},
};
const step = { group: "g", name: "task", retryCount: 3, runAfterMs: 0, expireTime: undefined };

describe("serializeMessage", () => {
  it("takes a message without what is ours alone", () => {
    const { extra: _, ...plain } = message;
    expect(serializeMessage(untyped(plain))).toBe(serializeMessage(message));
  });

  it.each<readonly [string, object]>([
    ["id", { id: undefined }],
    ["name", { name: 5 }],
    ["args", { args: [1] }],
    ["args", { args: undefined }],
    ["retryCount", { retryCount: Number.NaN }],
    ["not JSON", { runTime: 'now"' }],
    ["ExpireTime", { expireTime: "tomorrow" }],
    ["RetryCount", { workflow: [{ ...step, retryCount: 0.5 }] }],
    ["message", { workflow: [null] }],
    ["Step", { extra: { step: -1 } }],
    ["not JSON", { extra: { defaultRetryCount: ["x"] } }],
  ])("refuses a message that nobody could read, and says why (%s): %o", (field, wrong) => {
    expect(() => serializeMessage(untyped({ ...message, ...wrong }))).toThrow(
      refusal("serializeMessage: message", field === "message" ? "" : field),
    );
  });

  it.each([null, undefined, "text"])("refuses %s", (wrong) => {
    expect(() => serializeMessage(untyped(wrong))).toThrow(refusal("message must be an object"));
  });
});

it.each<readonly [string, object]>([
  ["status", { status: undefined }],
  ["status", { status: 9 }],
  ["returned", { returned: [5] }],
  ["not JSON", { retryCount: Number.NaN }],
  ["Workflow", { workflow: [{ name: "step", status: "lost" }] }],
])("serializeResult refuses a result that nobody could read, and says why (%s): %o", (field, wrong) => {
  const result: ResultFields = { id: "id", status: 4 };
  expect(() => serializeResult(untyped({ ...result, ...wrong }))).toThrow(
    refusal("serializeResult: result", field),
  );
});

it("a version that is not there is refused", () => {
  expect(() => queueKey("g", untyped(4))).toThrow(refusal("version must be 2 or 3"));
  expect(() => serializeMessage(message, untyped("3"))).toThrow(refusal("version must be 2 or 3"));
});
