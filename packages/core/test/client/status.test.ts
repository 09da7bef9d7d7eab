import { describe, expect, it } from "vitest";
import { Status } from "../../src/index.js";
import { World } from "../support/world.js";
import { never, wrapBackend } from "../support/wrap.js";

describe("the status Sent that a client stores", () => {
  it("replaces nothing that a quicker server stored", async () => {
    const world = new World();
    await world
      .server()
      .add("g", "run", () => never())
      .run("g");
    let goOn: () => void = () => undefined;
    const mayStore = new Promise<void>((resolve) => (goOn = resolve));
    const inner = world.backend();
    const backend = wrapBackend(inner, { set: (entries) => mayStore.then(() => inner.set(entries)) });
    const sending = world.client({ backend }).send("g", "run");
    await world.settle();
    goOn();
    expect(await (await sending).status()).toBe(Status.FirstRunning);
  });

  it("is stored for each of many tasks, and a slow backend has few calls at a time", async () => {
    const world = new World();
    const inner = world.backend();
    let calls = 0;
    let most = 0;
    const backend = wrapBackend(inner, {
      async set(entries) {
        most = Math.max(most, ++calls);
        await new Promise<void>((resolve) => world.clock.after(100, resolve));
        calls--;
        return inner.set(entries);
      },
    });
    const client = world.client({ backend });
    const requests = Array.from({ length: 10_000 }, () => ({ group: "g", name: "run" }));
    const sending = client.sendMany(requests);
    await world.clock.advance(10_000);
    const tasks = await sending;
    const statuses = await Promise.all([tasks[0], tasks[5_000], tasks.at(-1)].map((task) => task?.status()));
    expect(statuses).toEqual([Status.Sent, Status.Sent, Status.Sent]);
    expect(most).toBeLessThanOrEqual(16);
  });
});
