import { Client, ErrorCode, YTaskError } from "@ytask/core";
import { describe, expect, it } from "vitest";
import { inMemory, recordingLogger, serverAndClient } from "../src/running.js";

describe("支持的类型 (types)", () => {
  it.each([
    ["a whole number", 42],
    ["a float", 1.5],
    ["a 64-bit integer", -9_223_372_036_854_775_808n],
    ["an unsigned 64-bit integer", 18_446_744_073_709_551_615n],
    ["a boolean", true],
    ["a text", "größe <&> 任务"],
    ["nothing", null],
    ["a list", [1, [2, 3]]],
    ["a struct in a struct", { Id: 1, Inner: { Name: "aa", Tags: ["x"] } }],
  ])("carries %s to a task and back", async (_, value) => {
    const { server } = await serverAndClient({ group1: { echo: (given: unknown) => given as never } });
    await using client = server.client();
    expect(await (await client.send("group1", "echo", [value])).value()).toEqual(value);
  });
});

describe("error", () => {
  it("has the original's numbers", () => {
    const { EmptyQueue, UnsupportedType, OutOfRange, NilResult, TimeOut } = ErrorCode;
    expect([EmptyQueue, UnsupportedType, OutOfRange, NilResult, TimeOut]).toEqual([1, 2, 3, 4, 5]);
  });

  it("is told from others by its number", async () => {
    const { server } = await serverAndClient({ group1: { nothing: () => {}, one: () => 1 } });
    await using client = server.client();
    const thrown = (action: () => unknown) => {
      try {
        return action();
      } catch (error) {
        return error;
      }
    };
    const nothing = await (await client.send("group1", "nothing")).result();
    const nil = thrown(() => nothing.get(0));
    expect(YTaskError.isInstance(nil, ErrorCode.NilResult)).toBe(true);
    expect(YTaskError.isInstance(nil, ErrorCode.TimeOut)).toBe(false);
    expect(YTaskError.isInstance(new Error("another"), ErrorCode.NilResult)).toBe(false);
    const one = await (await client.send("group1", "one")).result();
    expect(
      YTaskError.isInstance(
        thrown(() => one.get(1)),
        ErrorCode.OutOfRange,
      ),
    ).toBe(true);
  });

  it("says where a value is that cannot be sent, and how long a wait was", async () => {
    await using client = new Client({ ...inMemory(), logger: recordingLogger() });
    await expect(client.send("group1", "add", [{ inner: [new Map()] }])).rejects.toMatchObject({
      code: ErrorCode.UnsupportedType,
      message: expect.stringContaining("inner"),
    });
    const task = await client.send("group1", "add", [1, 2]);
    await expect(task.result({ timeoutMs: 20, pollIntervalMs: 10 })).rejects.toMatchObject({
      code: ErrorCode.TimeOut,
      message: expect.stringContaining("20"),
    });
  });
});
