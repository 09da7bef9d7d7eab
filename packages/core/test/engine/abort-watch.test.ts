import { expect, it } from "vitest";
import { abortKey } from "../../src/keys.js";
import { World } from "../support/world.js";
import { never, wrapBackend } from "../support/wrap.js";

it("the flags of running tasks are read every 400 ms, but not of those that have just started", async () => {
  const world = new World();
  const inner = world.backend();
  let read: string[] = [];
  const backend = wrapBackend(inner, {
    get(keys) {
      read.push(...keys);
      return inner.get(keys);
    },
  });
  const server = world.server({ backend }).add("g", "run", () => never());
  await server.run("g", { concurrency: 2 });
  const client = world.client();
  const first = await client.send("g", "run");
  await world.clock.advance(350);
  const second = await client.send("g", "run");
  await world.settle();
  read = [];
  await world.clock.advance(50);
  expect(read).toEqual([abortKey(first.id)]);
  read = [];
  await world.clock.advance(400);
  expect(read).toEqual([abortKey(first.id), abortKey(second.id)]);
});
