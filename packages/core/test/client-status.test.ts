import { describe, expect, it } from "vitest";
import { Status } from "../src/index.js";
import { World } from "./support/world.js";
import { never, wrapBackend } from "./support/wrap.js";

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
});
