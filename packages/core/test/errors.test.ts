import { createRequire } from "node:module";
import { beforeAll, describe, expect, it } from "vitest";
import * as own from "../src/index.js";
import { parseMessage } from "../src/wire/index.js";

const {
  ErrorCode,
  PermanentError,
  Result,
  SendFailed,
  SendManyFailed,
  Status,
  TaskFailed,
  TimedOut,
  YTaskError,
} = own;

const classes = { PermanentError, SendFailed, SendManyFailed, TaskFailed, TimedOut, YTaskError };

type Core = typeof own;

describe("the error codes", () => {
  it("are the Go original's up to 9 and ours from 100 on, and keep their numbers", () => {
    expect(ErrorCode).toEqual({
      EmptyQueue: 1,
      UnsupportedType: 2,
      OutOfRange: 3,
      NilResult: 4,
      TimeOut: 5,
      ServerStop: 6,
      SendMessage: 7,
      NilBackend: 8,
      AbortTask: 9,
      TaskFailed: 100,
      PermanentFailure: 101,
      InvalidArgument: 102,
      Connection: 103,
      Closed: 104,
      UnsupportedServer: 105,
      AccessRefused: 106,
      Backend: 107,
      ServerFull: 108,
      LeaseLost: 109,
      Malformed: 110,
      TooLarge: 111,
    });
  });
});

const failed = (core: Core) =>
  new core.TaskFailed(new core.Result({ id: "1", status: Status.Failure, error: "no money" }));

/** An error of each class, made by one copy of the package, with its code. */
const made = (core: Core) => ({
  YTaskError: new core.YTaskError(ErrorCode.TooLarge, "too large"),
  TimedOut: new core.TimedOut("too late"),
  TaskFailed: failed(core),
  PermanentError: new core.PermanentError("never", { cause: "a cause" }),
  SendFailed: new core.SendFailed("not sent", { notStored: [0], unknown: [1] }),
  SendManyFailed: new core.SendManyFailed([0], [1], new core.TimedOut("too late")),
});
const codes: Readonly<Record<keyof ReturnType<typeof made>, number>> = {
  YTaskError: 111,
  TimedOut: 5,
  TaskFailed: 100,
  PermanentError: 101,
  SendFailed: 7,
  SendManyFailed: 7,
};
const names = Object.keys(codes) as (keyof typeof codes)[];

describe("an error", () => {
  it.each(names)("%s has its name, code, message and stack", (name) => {
    const error = made(own)[name];
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(YTaskError);
    expect(error).toMatchObject({ name, code: codes[name] });
    expect(error.message).not.toBe("");
    expect(error.stack).toContain("errors.test.ts");
    expect(String(error)).toBe(`${name}: ${error.message}`);
  });

  it("has a cause only where one was given", () => {
    expect(new PermanentError("x", { cause: "y" }).cause).toBe("y");
    expect("cause" in new PermanentError("x")).toBe(false);
  });

  it("shows nothing of its inner marks when it is logged", () => {
    expect(Object.keys(new TimedOut("x")).sort()).toEqual(["code", "name"]);
  });

  it("TaskFailed says what became of the task, and holds its result", () => {
    expect(failed(own)).toMatchObject({ status: 5, message: "task 1 failed: no money" });
    const ended = (status: own.Status) => new TaskFailed(new Result({ id: "1", status })).message;
    expect(ended(Status.Expired)).toBe("task 1 expired while it waited to be run");
    expect(ended(Status.Abort)).toBe("task 1 was aborted");
    expect(failed(own).result.error).toBe("no money");
  });

  it("SendManyFailed tells what was sent from what failed", () => {
    const error = new SendManyFailed([0, 2], [1], new YTaskError(ErrorCode.SendMessage, "no broker"));
    expect(error).toMatchObject({
      sent: [0, 2],
      failed: [1],
      message: "1 of 3 tasks were not confirmed: no broker",
    });
  });
});

describe.each<readonly [string, () => Promise<Core> | Core]>([
  ["this copy", () => own],
  // The path is a variable, so that the type check does not need a build.
  ["the ESM build", async () => import(/* @vite-ignore */ new URL("../dist/index.js", import.meta.url).href)],
  ["the CommonJS build", () => createRequire(import.meta.url)("../dist/index.cjs")],
])("isInstance of %s", (copy, load) => {
  let other: Core;
  beforeAll(async () => {
    other = await load();
  });

  it("is another class than this copy's, where it is another copy", () => {
    expect(other.YTaskError === YTaskError).toBe(copy === "this copy");
  });

  it.each(names)("knows a %s of this copy, and is known here", (name) => {
    const ours = made(own)[name];
    const theirs = made(other)[name];
    for (const kind of names) {
      const isKind = kind === "YTaskError" || kind === name;
      expect(other[kind].isInstance(ours), kind).toBe(isKind);
      expect(classes[kind].isInstance(theirs), kind).toBe(isKind);
    }
  });

  it("is not misled by a bundler that renames classes", async () => {
    const named = Object.getOwnPropertyDescriptor(other.TimedOut, "name") ?? {};
    Object.defineProperty(other.TimedOut, "name", { ...named, value: "PermanentError" });
    try {
      expect(TimedOut.isInstance(new other.TimedOut("x"))).toBe(true);
      expect(PermanentError.isInstance(new other.TimedOut("x"))).toBe(false);
      expect(other.TimedOut.isInstance(made(own).TimedOut)).toBe(true);
    } finally {
      Object.defineProperty(other.TimedOut, "name", named);
    }
  });

  it("tells one code from another", () => {
    const error = new other.YTaskError(ErrorCode.Connection, "x");
    expect(YTaskError.isInstance(error, ErrorCode.Connection)).toBe(true);
    expect(YTaskError.isInstance(error, ErrorCode.Closed)).toBe(false);
    expect(TimedOut.isInstance(new other.TimedOut("x"), ErrorCode.TimeOut)).toBe(true);
    expect(TimedOut.isInstance(new other.TimedOut("x"), ErrorCode.Closed)).toBe(false);
  });
});

describe("isInstance", () => {
  class Declined extends PermanentError {}

  it("counts a class of the user's as what it extends", () => {
    expect(PermanentError.isInstance(new Declined("no"))).toBe(true);
    expect(YTaskError.isInstance(new Declined("no"), ErrorCode.PermanentFailure)).toBe(true);
    expect(Declined.isInstance(new Declined("no"))).toBe(true);
    expect(Declined.isInstance(new PermanentError("no"))).toBe(false);
    expect(TimedOut.isInstance(new Declined("no"))).toBe(false);
  });

  it("knows what core throws within", () => {
    const thrown = (() => {
      try {
        return parseMessage("no JSON");
      } catch (error) {
        return error;
      }
    })();
    expect(YTaskError.isInstance(thrown, ErrorCode.Malformed)).toBe(true);
  });

  it.each([
    undefined,
    null,
    5,
    "error",
    {},
    [],
    new Error("x"),
    { code: 5, name: "TimedOut" },
    Object.create(null),
  ])("is false for %o", (value) => {
    expect(YTaskError.isInstance(value)).toBe(false);
    expect(TimedOut.isInstance(value, ErrorCode.TimeOut)).toBe(false);
  });

  it("is true for SendFailed with the indices of what is not stored", () => {
    const error: unknown = new SendFailed("x", { notStored: [1] });
    expect(SendFailed.isInstance(error) && [error.notStored, error.unknown]).toEqual([[1], []]);
  });
});
