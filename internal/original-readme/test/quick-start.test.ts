import { Client, Server } from "@ytask/core";
import { describe, expect, it } from "vitest";
import { inMemory, recordingLogger } from "../src/running.js";

interface User {
  Id: number;
  Name: string;
}

const add = (a: number, b: number) => a + b;
const appendUser = (user: User, ids: number[], names: string[]): User[] => [
  user,
  ...ids.map((id, index) => ({ Id: id, Name: names[index] ?? "" })),
];

describe("Quick Start: server demo and client demo", () => {
  it("adds 123 and 44, and makes a list of users of a struct and two slices", async () => {
    const options = {
      ...inMemory(),
      statusExpires: 60 * 5,
      resultExpires: 60 * 5,
      logger: recordingLogger(),
    };
    const server = new Server(options);
    server.add("group1", "add", add);
    server.add("group1", "append_user", appendUser);
    await server.run("group1", { concurrency: 3 });

    const client = new Client(options);
    const { id } = await client.send("group1", "add", [123, 44]);
    const sum = await client.getResult(id, { timeoutMs: 20_000, pollIntervalMs: 300 });
    expect(sum.isSuccess()).toBe(true);
    expect(sum.getInt64(0)).toBe(167n);
    expect(sum.get(0)).toBe(167);

    const sent = await client.send("group1", "append_user", [{ Id: 1, Name: "aa" }, [322, 11], ["bb", "cc"]]);
    const users = await client.getResult(sent.id, { timeoutMs: 20_000 });
    expect(users.get(0)).toEqual([
      { Id: 1, Name: "aa" },
      { Id: 322, Name: "bb" },
      { Id: 11, Name: "cc" },
    ]);

    await client.close();
    expect(await server.shutdown()).toEqual({ completed: 0, released: 0 });
  });
});
