import { describe, expect, it } from "vitest";
import { Status, withContext } from "../../src/index.js";
import { World } from "../support/world.js";
import { wrapBroker } from "../support/wrap.js";

/** Runs a server of the group that knows another task only. */
const runWithoutTheTask = (world: World): Promise<void> =>
  world
    .server()
    .add("g", "known", () => {})
    .run("g");

describe("a task that no server knows", () => {
  it("is put back for a minute, then it failed and is a dead letter", async () => {
    const world = new World();
    await runWithoutTheTask(world);
    const client = world.client();
    const task = await client.send("g", "unknown");
    await world.clock.advance(59_000);
    expect(await task.status()).toBe(Status.Sent);
    expect(await client.deadLetters("g").list()).toEqual([]);
    await world.clock.advance(1_000);
    const result = await task.result();
    expect(result.status).toBe(Status.Failure);
    expect(result.error).toContain('knew the task "unknown" for a minute');
    expect(await client.deadLetters("g").list()).toMatchObject([{ reason: "unknownTask", taskId: task.id }]);
    expect(world.log.saying("unknown here")).toHaveLength(1);
  });

  it("runs, with all its retries, on a server that knows it and comes within the minute", async () => {
    const world = new World();
    await runWithoutTheTask(world);
    const task = await world.client().send("g", "unknown", [], { retryCount: 2 });
    await world.clock.advance(40_000);
    const seen: number[] = [];
    const newer = world.server().add(
      "g",
      "unknown",
      withContext(({ attempt, retriesLeft }) => void seen.push(attempt, retriesLeft)),
    );
    await newer.run("g", { concurrency: 10 });
    for (let second = 0; second < 20 && seen.length === 0; second++) await world.clock.advance(1_000);
    expect(seen).toEqual([1, 2]);
    expect((await task.result()).isSuccess()).toBe(true);
  });

  it("is put back though that makes its message larger than the limit", async () => {
    const world = new World();
    const serverOf = () => world.server({ maxMessageBytes: 1_000 });
    await serverOf()
      .add("g", "known", () => {})
      .run("g");
    const client = world.client({ maxMessageBytes: 1_000 });
    // The longest text that may be sent.
    let text = "x".repeat(1_000);
    const sendText = () => client.send("g", "length", [text]).catch(() => undefined);
    let task = await sendText();
    for (; task === undefined; task = await sendText()) text = text.slice(1);
    await world.clock.advance(20_000);
    const lengths: number[] = [];
    await serverOf()
      .add("g", "length", (sent: string) => void lengths.push(sent.length))
      .run("g", { concurrency: 10 });
    for (let second = 0; second < 30 && lengths.length === 0; second++) await world.clock.advance(1_000);
    expect(lengths).toEqual([text.length]);
  });

  it("has its minute again when it is redriven", async () => {
    const world = new World();
    await runWithoutTheTask(world);
    const client = world.client();
    const task = await client.send("g", "unknown");
    await world.clock.advance(60_000);
    expect(await client.deadLetters("g").redrive()).toBe(1);
    await world.clock.advance(59_000);
    expect(await task.status()).toBe(Status.Sent);
  });
});

describe("a task that ends the servers that run it", () => {
  it.each([
    ["", true, /delivered 4 times and never settled: it may be what ends the servers that run it$/],
    [
      ", or was given back as often, where that counts too",
      { missing: "all count" },
      /or they were shut down/,
    ],
  ])("is a dead letter after it was delivered too often%s", async (_, exactRedeliveryCount, expected) => {
    const world = new World();
    const client = world.client();
    const task = await client.send("g", "kill");
    let runs = 0;
    for (let life = 0; life < 4; life++) {
      const broker = world.broker();
      const backend = world.backend();
      const capabilities = { ...broker.capabilities, exactRedeliveryCount };
      const counting = wrapBroker(broker, { capabilities });
      const server = world.server({ broker: counting, backend, maxRedeliveries: 2 }).add("g", "kill", () => {
        runs++;
        broker.disconnect();
        backend.disconnect();
      });
      await server.run("g");
      await world.clock.advance(world.leaseMs);
    }
    expect(runs).toBe(3);
    expect(await client.deadLetters("g").list()).toMatchObject([{ reason: "redeliveredTooOften" }]);
    expect((await task.result()).error).toMatch(expected);
  });
});
