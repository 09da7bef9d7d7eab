import { describe, expect, it } from "vitest";
import { Status, withContext } from "../../src/index.js";
import { World } from "../support/world.js";

describe("a group", () => {
  it("runs as many tasks at a time as it was given and no more, also once it receives ahead", async () => {
    const world = new World();
    let running = 0;
    let most = 0;
    let ended = 0;
    const server = world.server().add("g", "short", async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      ended++;
    });
    await server.run("g", { concurrency: 3 });
    const requests = Array.from({ length: 300 }, () => ({ group: "g", name: "short", args: [] }));
    await world.client().sendMany(requests);
    await world.until(() => ended === 300);
    expect(most).toBe(3);
  });

  it("does not run a task that was aborted after it was received ahead", async () => {
    const world = new World();
    let ended = 0;
    let finish: () => void = () => undefined;
    const ran: string[] = [];
    const server = world.server();
    server.add("g", "short", () => void ended++);
    server.add("g", "long", () => new Promise<void>((resolve) => (finish = resolve)));
    server.add("g", "note", () => void ran.push("note"));
    await server.run("g");
    const client = world.client();
    await client.sendMany(Array.from({ length: 60 }, () => ({ group: "g", name: "short", args: [] })));
    await world.until(() => ended === 60);
    await client.send("g", "long");
    const task = await client.send("g", "note");
    await world.settle();
    expect(await client.counts("g")).toMatchObject({ waiting: 0, running: 2 });
    await task.abort();
    await world.clock.advance(500);
    finish();
    await world.settle();
    expect(await client.counts("g")).toMatchObject({ waiting: 0, running: 0 });
    expect(ran).toEqual([]);
    expect(await task.status()).toBe(Status.Abort);
  });

  it("gives a task that it received ahead to another server, where it cannot start it within a second", async () => {
    const world = new World();
    let ended = 0;
    const ran: string[] = [];
    const add = (name: string, gate: Promise<void> | undefined) =>
      world
        .server()
        .add("g", "short", () => void ended++)
        .add(
          "g",
          "note",
          withContext(async () => {
            ran.push(name);
            await gate;
          }),
        );
    const busy = add("busy", new Promise(() => undefined));
    await busy.run("g");
    const client = world.client();
    const send = (name: string, count: number) =>
      client.sendMany(Array.from({ length: count }, () => ({ group: "g", name, args: [] })));
    await send("short", 60);
    await world.until(() => ended === 60);
    await send("note", 2);
    await world.until(() => ran.length === 1);
    await add("idle", undefined).run("g");
    await world.settle();
    expect(ran).toEqual(["busy"]);
    await world.clock.advance(1_000);
    expect(ran).toEqual(["busy", "idle"]);
  });
});
