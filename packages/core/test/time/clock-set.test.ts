import { describe, expect, it } from "vitest";
import { Status, withContext } from "../../src/index.js";
import type { Clock } from "../../src/time/clock.js";
import { World } from "../support/world.js";
import { never, wrapBackend } from "../support/wrap.js";

const hour = 3_600_000;

/** A world, and a clock whose time of day can be set while its time goes on. */
function start() {
  const world = new World();
  let setMs = 0;
  const clock: Clock = {
    now: () => world.clock.now() + setMs,
    elapsed: () => world.clock.elapsed(),
    after: (delayMs, fire) => world.clock.after(delayMs, fire),
  };
  const set = (byMs: number): void => {
    setMs += byMs;
  };
  return { world, clock, set };
}

describe("where the machine's clock is set", () => {
  it("forward, a task does not run into its time limit", async () => {
    const { world, clock, set } = start();
    const server = world.server({ clock }).add("g", "run", async () => set(hour), { timeoutMs: 1_000 });
    await server.run("g");
    const task = await world.client().send("g", "run", [], { retryCount: 0 });
    expect((await task.result()).status).toBe(Status.Success);
  });

  it("back, results are stored again as soon as the backend is back", async () => {
    const { world, clock, set } = start();
    let isDown = true;
    const inner = world.backend();
    const backend = wrapBackend(inner, {
      set: (entries) => (isDown ? never() : inner.set(entries)),
    });
    const server = world.server({ clock, backend }).add("g", "run", () => {});
    await server.run("g");
    const client = world.client();
    await client.send("g", "run");
    await world.clock.advance(1_600); // until the write is given up, and the backend not reached for a moment
    set(-hour);
    isDown = false;
    await world.clock.advance(1_000);
    const task = await client.send("g", "run");
    expect((await task.result()).isSuccess()).toBe(true);
  });

  it("back, an abort still reaches a task that runs", async () => {
    const { world, clock, set } = start();
    const server = world.server({ clock }).add(
      "g",
      "run",
      withContext(({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", reject))),
    );
    await server.run("g");
    const task = await world.client().send("g", "run");
    await world.settle();
    set(-hour);
    await task.abort();
    await world.clock.advance(1_000);
    expect((await task.result()).status).toBe(Status.Abort);
  });

  it("back, a start that cannot succeed ends at its bound all the same", async () => {
    const { world, clock, set } = start();
    const broker = world.broker();
    broker.disconnect();
    const server = world.server({ clock, broker, startTimeoutMs: 2_000 }).add("g", "run", () => {});
    const running = server.run("g").then(
      () => "runs",
      () => "rejected",
    );
    await world.clock.advance(1_000);
    set(-hour);
    await world.clock.advance(3_000);
    expect(await Promise.race([running, world.settle().then(() => "pending")])).toBe("rejected");
  });
});
