import { describe, expect, it } from "vitest";
import { type Backoff, type SendOptions, withContext } from "../../src/index.js";
import { World } from "../support/world.js";

/** The pauses between the attempts of a task that fails each time, in milliseconds. */
async function pauses(
  backoff: Backoff | undefined,
  retryCount: number,
): Promise<{ world: World; waits: number[] }> {
  const world = new World();
  const startedAt: number[] = [];
  const fail = () => {
    startedAt.push(world.clock.now());
    throw new Error("broken");
  };
  await world.server().add("g", "fail", fail, { backoff }).run("g");
  await world.client().send("g", "fail", [], { retryCount });
  await world.clock.advance(600_000);
  return { world, waits: startedAt.slice(1).map((at, index) => at - (startedAt[index] ?? 0)) };
}

describe("before each retry", () => {
  it("a task waits a second, twice as long each time, at most a minute, and a fifth more or less", async () => {
    const { waits } = await pauses(undefined, 8);
    expect(waits).toHaveLength(8);
    waits.forEach((wait, index) => {
      const middle = Math.min(60_000, 1_000 * 2 ** index);
      expect(wait).toBeGreaterThanOrEqual(0.8 * middle);
      expect(wait).toBeLessThanOrEqual(1.2 * middle);
    });
    expect(new Set(waits.map((wait, index) => wait / 2 ** index)).size).toBeGreaterThan(1);
  });

  it("a fixed backoff waits the same time", async () => {
    expect((await pauses({ kind: "fixed", initialMs: 250 }, 3)).waits).toEqual([250, 250, 250]);
  });

  it("an exponential one without jitter doubles up to its longest", async () => {
    const backoff: Backoff = { kind: "exponential", initialMs: 100, maxMs: 350, jitter: 0 };
    expect((await pauses(backoff, 4)).waits).toEqual([100, 200, 350, 350]);
  });

  it("false waits for nothing", async () => {
    expect((await pauses(false, 2)).waits).toEqual([0, 0]);
  });

  it("a function says how long, from the attempt and its error", async () => {
    const seen: unknown[] = [];
    const { waits } = await pauses((attempt, error) => {
      seen.push(attempt, error);
      return attempt * 70;
    }, 2);
    expect(waits).toEqual([70, 140]);
    expect(seen).toEqual([1, new Error("broken"), 2, new Error("broken")]);
  });

  it("a function that throws is logged, and the default backoff takes its place", async () => {
    const { world, waits } = await pauses(() => {
      throw new Error("the backoff is broken");
    }, 1);
    expect(waits[0]).toBeGreaterThanOrEqual(800);
    expect(world.log.saying("backoff of a task threw")).toMatchObject([
      { level: "error", fields: { error: "the backoff is broken" } },
    ]);
  });

  it("context.retry's own delay comes first", async () => {
    const world = new World();
    const startedAt: number[] = [];
    const ask = withContext((context) => {
      startedAt.push(world.clock.now());
      return context.retry(undefined, { delayMs: 5_000 });
    });
    await world.server().add("g", "ask", ask, { backoff: false }).run("g");
    await world.client().send("g", "ask", [], { retryCount: 1 });
    await world.clock.advance(10_000);
    expect((startedAt[1] ?? 0) - (startedAt[0] ?? 0)).toBe(5_000);
  });
});

describe("a message at the size limit", () => {
  const maxMessageBytes = 1_000;
  async function sizeOf(text: string, options: SendOptions): Promise<number> {
    const world = new World();
    const broker = world.broker();
    await broker.connect();
    await world.client().send("g", "fail", [text], options);
    const subscription = await broker.subscribe("YTask:Queue:g", {
      maxUnsettled: 1,
      maxRedeliveries: 1,
      onLost: () => undefined,
      onError: () => undefined,
    });
    const [delivery] = await subscription.receive(1, 0);
    return Buffer.byteLength(delivery?.body ?? "");
  }

  it("is retried all the same, though a retry has a few bytes more", async () => {
    const options = { retryCount: 2 };
    const text = "x".repeat(maxMessageBytes - (await sizeOf("", options)));
    const world = new World();
    const attempts: number[] = [];
    const fail = withContext((context, _: string) => {
      attempts.push(context.attempt);
      throw new Error("broken");
    });
    await world.server({ maxMessageBytes }).add("g", "fail", fail, { backoff: false }).run("g");
    const client = world.client({ maxMessageBytes });
    await expect(client.send("g", "fail", [`${text}x`], options)).rejects.toThrow(
      "more than the limit of 1000",
    );
    const task = await client.send("g", "fail", [text], options);
    await world.clock.advance(1_000);
    expect(attempts).toEqual([1, 2, 3]);
    expect((await task.result()).error).toBe("broken");
  });
});
