import { returns, Status } from "@ytask/core";
import { describe, expect, it } from "vitest";
import { serverAndClient } from "../src/running.js";

const mixed = () => returns(12, true, "text", [1, 2], 9_223_372_036_854_775_807n);

describe("获取连接 (getting a client)", () => {
  it("gives a client on the server's broker and backend", async () => {
    const { server } = await serverAndClient({ group1: { add: (a: number, b: number) => a + b } });
    await using client = server.client();
    expect(await (await client.send("group1", "add", [12, 33])).value()).toBe(45);
  });
});

describe("发送信息 (sending)", () => {
  it("gives the task's id, under which its result is found", async () => {
    const { client } = await serverAndClient({ group1: { add: (a: number, b: number) => a + b } });
    const { id } = await client.send("group1", "add", [12, 33]);
    expect((await client.getResult(id)).get(0)).toBe(45);
  });
});

describe("获取结果 (getting results)", () => {
  it("reads values by every getter", async () => {
    const { client } = await serverAndClient({ group1: { mixed } });
    const result = await (await client.send("group1", "mixed")).result({
      timeoutMs: 20_000,
      pollIntervalMs: 300,
    });
    expect(result.isSuccess()).toBe(true);
    expect(result.getInt64(0)).toBe(12n);
    expect(result.getNumber(0)).toBe(12);
    expect(result.getBool(1)).toBe(true);
    expect(result.getString(2)).toBe("text");
    expect(result.get(3)).toEqual([1, 2]);
    expect(result.getInt64(4)).toBe(9_223_372_036_854_775_807n);
    expect(result.values()).toEqual([12, true, "text", [1, 2], 9_223_372_036_854_775_807n]);
  });

  it("tells where a task stands that is not finished", async () => {
    const { client } = await serverAndClient({ group1: { mixed } });
    const task = await client.send("group1", "mixed", [], { runAfterMs: 3_600_000 });
    expect(await client.getStatus(task.id)).toBe(Status.Sent);
    await expect(task.result({ timeoutMs: 20, pollIntervalMs: 10 })).rejects.toMatchObject({ code: 5 });
  });
});
