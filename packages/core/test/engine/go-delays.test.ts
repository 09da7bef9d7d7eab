import { expect, it } from "vitest";
import type { Outgoing } from "../../src/driver.js";
import { delayedQueueKey, queueKey } from "../../src/keys.js";
import { serializeMessage } from "../../src/wire/index.js";
import { sendGoWorkflow } from "../support/go-workflow.js";
import { World } from "../support/world.js";
import { wrapSubscriptions } from "../support/wrap.js";

const dayMs = 86_400_000;

/** A broker that notes what a server sends in the place of what it took. */
function noting(world: World) {
  const moved: Outgoing[] = [];
  const broker = wrapSubscriptions(world.broker(), (subscription) => ({
    settle(settlements) {
      for (const settlement of settlements) if (settlement.kind === "replace") moved.push(...settlement.by);
      return subscription.settle(settlements);
    },
  }));
  return { broker, moved };
}

it("what a Go client delays for long comes back to its queue every thirty days, as no broker need hold it for longer", async () => {
  const world = new World();
  const { broker, moved } = noting(world);
  const bodies = [29, 500].map((days) =>
    serializeMessage({
      id: `in-${days}-days`,
      name: "later",
      args: [],
      retryCount: 3,
      runTime: new Date(world.clock.now() + days * dayMs).toISOString(),
      expireTime: undefined,
      workflow: undefined,
      extra: {},
    }),
  );
  const go = world.broker();
  await go.connect();
  await go.send(bodies.map((body) => ({ queue: delayedQueueKey("g"), body })));
  const server = world.server({ broker, goCompatible: true });
  await server.add("g", "later", () => undefined).run("g");
  await world.until(() => moved.length === 2);
  expect(moved).toEqual([
    { queue: queueKey("g"), body: bodies[0], delayMs: 29 * dayMs },
    { queue: delayedQueueKey("g"), body: bodies[1], delayMs: 30 * dayMs },
  ]);
});

it("a step that a Go client delays by less than nothing is not delayed", async () => {
  const world = new World();
  const { broker, moved } = noting(world);
  const server = world.server({ broker });
  await server.add("g", "step", (n: number) => n).run("g");
  await sendGoWorkflow(world, "early", ["g", "other"], -5_000);
  await world.until(() => moved.length > 0);
  expect(moved).toMatchObject([{ queue: queueKey("other"), delayMs: 0 }]);
});
