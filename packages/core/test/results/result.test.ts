import { describe, expect, it } from "vitest";
import { isFinished } from "../../src/driver.js";
import { ErrorCode, Result, Status, type StepState } from "../../src/index.js";
import { parseResult, serializeResult } from "../../src/wire/index.js";

const success = (...returned: readonly string[]) => new Result({ id: "1", status: Status.Success, returned });
const coded = (code: number, message: string) =>
  expect.objectContaining({ name: "YTaskError", code, message: expect.stringContaining(message) });

describe("the values of a result", () => {
  const result = success("9007199254740993", "5", "1.5", "true", '"text"', "null", '{"a":[1]}', "-1");

  it("are read all at once, or one by one", () => {
    expect(result.values()).toEqual([9_007_199_254_740_993n, 5, 1.5, true, "text", null, { a: [1] }, -1]);
    expect(result.get(6)).toEqual({ a: [1] });
  });

  it("are read as 64-bit integers, signed or unsigned", () => {
    expect(result.getInt64(0)).toBe(9_007_199_254_740_993n);
    expect(result.getInt64(1)).toBe(5n);
    expect(result.getInt64(7)).toBe(-1n);
    expect(success("18446744073709551615").getInt64(0)).toBe(2n ** 64n - 1n);
    expect(success("-9223372036854775808").getInt64(0)).toBe(-(2n ** 63n));
    expect(success("3.0").getInt64(0)).toBe(3n);
  });

  it("are read as numbers, booleans and texts", () => {
    expect(result.getNumber(0)).toBe(9_007_199_254_740_992);
    expect(result.getNumber(2)).toBe(1.5);
    expect(result.getBool(3)).toBe(true);
    expect(result.getString(4)).toBe("text");
  });

  it.each<readonly [string, () => unknown, string]>([
    [
      "a fraction as an integer",
      () => result.getInt64(2),
      "value 2 is not a whole number of 64 bits but number",
    ],
    ["a text as an integer", () => result.getInt64(4), "value 4 is not a whole number of 64 bits but string"],
    [
      "an integer beyond 64 bits as one",
      () => success("36893488147419103232").getInt64(0),
      "a whole number of 64 bits",
    ],
    [
      "an integer below 64 bits as one",
      () => success("-10000000000000000000").getInt64(0),
      "a whole number of 64 bits",
    ],
    ["1e300 as an integer", () => success("1e300").getInt64(0), "a whole number of 64 bits"],
    ["a text as a number", () => result.getNumber(4), "value 4 is not a number but string"],
    ["null as a number", () => result.getNumber(5), "value 5 is not a number but null"],
    ["a number as a boolean", () => result.getBool(1), "value 1 is not a boolean but number"],
    ["a boolean as a text", () => result.getString(3), "value 3 is not a string but boolean"],
    ["a text that is no JSON", () => success("{").get(0), "values[0]: not JSON"],
  ])("are UnsupportedType, with what they are: %s", (_, read, message) => {
    expect(read).toThrow(coded(ErrorCode.UnsupportedType, message));
  });

  it("are OutOfRange past the last, and where the index is none", () => {
    for (const index of [8, -1, 1.5, Number.NaN])
      expect(() => result.get(index)).toThrow(coded(ErrorCode.OutOfRange, `value ${index} of task 1`));
    expect(() => result.getString(8)).toThrow(coded(ErrorCode.OutOfRange, "it has 8"));
  });

  it("are none where the task returned none", () => {
    const none = new Result({ id: "1", status: Status.Success });
    expect(none.values()).toEqual([]);
    expect(() => none.get(0)).toThrow(
      coded(ErrorCode.NilResult, "returned no value, or its values are not kept"),
    );
  });

  it.each([
    Status.Sent,
    Status.FirstRunning,
    Status.WaitingRetry,
    Status.Running,
    Status.Failure,
    Status.Expired,
    Status.Abort,
  ])("are NilResult in status %i", (status) => {
    const result = new Result({ id: "1", status });
    expect(() => result.values()).toThrow(coded(ErrorCode.NilResult, "check isSuccess()"));
    expect(() => result.get(0)).toThrow(coded(ErrorCode.NilResult, `status is ${status}`));
    expect(() => result.getInt64(0)).toThrow(coded(ErrorCode.NilResult, "task 1"));
  });
});

describe("the status of a result", () => {
  it.each<readonly [Status, boolean, boolean, boolean]>([
    [Status.Sent, false, false, false],
    [Status.FirstRunning, false, false, false],
    [Status.WaitingRetry, false, false, false],
    [Status.Running, false, false, false],
    [Status.Success, true, true, false],
    [Status.Failure, true, false, true],
    [Status.Expired, true, false, false],
    [Status.Abort, true, false, false],
  ])("%i: finished %s, success %s, failure %s", (status, finished, succeeded, failed) => {
    const result = new Result({ id: "1", status });
    expect([result.isFinished(), result.isSuccess(), result.isFailure()]).toEqual([
      finished,
      succeeded,
      failed,
    ]);
    expect(isFinished(serializeResult({ id: "1", status }))).toBe(finished);
  });

  it.each<readonly [StepState, Status, boolean]>([
    ["waiting", Status.Success, false],
    ["running", Status.Success, false],
    ["success", Status.Success, true],
    ["waiting", Status.Failure, true],
    ["waiting", Status.Expired, true],
    ["waiting", Status.Abort, true],
    ["waiting", Status.Running, false],
  ])("with a last step %s and status %i: finished %s, for a store too", (state, status, finished) => {
    const fields = {
      id: "1",
      status,
      workflow: [
        { name: "a", status: "success" },
        { name: "b", status: state },
      ],
    } as const;
    expect(new Result(fields).isFinished()).toBe(finished);
    expect(isFinished(serializeResult(fields))).toBe(finished);
  });
});

describe("whether a store finds a result finished", () => {
  it.each([
    '{"Id":"1","Status":3,"FuncReturn":["\\"Status\\":5"],"RetryCount":0,"Workflow":null,"Err":""}',
    '{"Id":"1","Status":3,"FuncReturn":null,"RetryCount":0,"Workflow":null,"Err":"\\"Status\\":4"}',
    '{"Id":"\\"Status\\":4","Status":0,"FuncReturn":null,"RetryCount":4,"Workflow":null,"Err":""}',
    '{"Id":"1","Status":44,"FuncReturn":null}',
  ])("does not come from what a text inside says: %s", (text) => expect(isFinished(text)).toBe(false));

  it("does not come from a task's name or value that looks like a step", () => {
    const text = serializeResult({
      id: "1",
      status: Status.Success,
      returned: ['["a","waiting"]', '"running"'],
      workflow: [{ name: '","waiting"]', status: "success" }],
      error: ',"running"]',
    });
    expect(isFinished(text)).toBe(true);
    expect(parseResult(text).isFinished()).toBe(true);
  });

  it("is read with white space, as other writers leave it", () => {
    expect(isFinished('{"Id": "1", "Status": 5}')).toBe(true);
    expect(isFinished('{"Id": "1", "Status": 4, "Workflow": [["a", "waiting" ]]}')).toBe(false);
  });
});

describe("a result that this library stores", () => {
  it("reads back the same", () => {
    const fields = {
      id: 'quoted "<id>"',
      status: Status.Failure,
      returned: ['"<a>"', "1"],
      retryCount: 2,
      workflow: [
        { name: "a\u2028", status: "success" },
        { name: "b", status: "failure" },
      ],
      error: "line\nnext \u0000 <b>",
      executionId: "e-1",
    } as const;
    expect(parseResult(serializeResult(fields))).toEqual(new Result(fields));
  });

  it("tells Go nothing that it does not know where a task was not sent again", () => {
    expect(serializeResult({ id: "1", status: Status.Success, returned: ["3"] })).toBe(
      '{"Id":"1","Status":4,"FuncReturn":["3"],"RetryCount":0,"Workflow":null,"Err":""}',
    );
  });
});
