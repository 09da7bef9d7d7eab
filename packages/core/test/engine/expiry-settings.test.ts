import { describe, expect, it } from "vitest";
import { ErrorCode, PermanentError, Status, YTaskError } from "../../src/index.js";
import { World } from "../support/world.js";

interface Settings {
  readonly statusExpires?: number;
  readonly resultExpires?: number;
}

async function runOne(settings: Settings) {
  const world = new World();
  let works = true;
  const server = world.server(settings).add("g", "run", () => {
    if (!works) throw new PermanentError("broken");
    return 7;
  });
  await server.run("g");
  const client = world.client(settings);
  const task = await client.send("g", "run");
  await world.settle();
  return { world, server, client, task, breakIt: () => (works = false), mendIt: () => (works = true) };
}

const dayMs = 86_400_000;

describe("a result", () => {
  it("is kept for a day by default", async () => {
    const { world, server, task } = await runOne({});
    await server.shutdown();
    await world.clock.advance(dayMs - 1);
    expect(await task.status()).toBe(Status.Success);
    await world.clock.advance(1);
    expect(await task.status()).toBeUndefined();
  });

  it("is kept for resultExpires seconds", async () => {
    const { world, task } = await runOne({ resultExpires: 5, statusExpires: 100 });
    await world.clock.advance(4_999);
    expect(await task.value()).toBe(7);
    await world.clock.advance(1);
    expect(await task.status()).toBeUndefined();
  });

  it("is kept for ever with -1", async () => {
    const { world, server, task } = await runOne({ resultExpires: -1 });
    await server.shutdown();
    await world.clock.advance(1_000 * dayMs);
    expect(await task.value()).toBe(7);
  });

  it("is stored without its values, under statusExpires, where resultExpires is 0", async () => {
    const { world, task } = await runOne({ resultExpires: 0, statusExpires: 10 });
    const result = await task.result();
    expect([result.isSuccess(), result.returned]).toEqual([true, undefined]);
    await world.clock.advance(10_000);
    expect(await task.status()).toBeUndefined();
  });

  it("is stored where statusExpires is 0, and no status before it", async () => {
    const world = new World();
    const client = world.client({ statusExpires: 0 });
    const task = await client.send("g", "run");
    await world.settle();
    expect(await task.status()).toBeUndefined();
    await world
      .server({ statusExpires: 0 })
      .add("g", "run", () => 7)
      .run("g");
    expect(await task.value()).toBe(7);
  });

  it("of a redriven task replaces the old one where statusExpires is 0", async () => {
    const { world, client, breakIt, mendIt } = await runOne({ statusExpires: 0 });
    breakIt();
    const task = await client.send("g", "run");
    expect((await task.result()).isFailure()).toBe(true);
    await world.settle();
    mendIt();
    expect(await client.deadLetters("g").redrive()).toBe(1);
    await world.settle();
    expect(await task.value()).toBe(7);
  });

  it("cannot be asked for where nothing is stored, nor without a backend", async () => {
    const { task } = await runOne({ statusExpires: 0, resultExpires: 0 });
    const isNil = (error: unknown) => YTaskError.isInstance(error, ErrorCode.NilBackend);
    await expect(task.result()).rejects.toSatisfy(isNil);
    await expect(task.status()).rejects.toSatisfy(isNil);
    const world = new World();
    const bare = world.client({ backend: undefined });
    const sent = await bare.send("g", "run");
    await expect(sent.value()).rejects.toSatisfy(isNil);
    await expect(sent.abort()).rejects.toSatisfy(isNil);
  });
});
