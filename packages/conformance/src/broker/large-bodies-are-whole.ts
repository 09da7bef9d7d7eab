import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

/** More than 1 MiB, as characters and as bytes. */
const bodies = ["0123456789".repeat(120_000), "after one", "ü".repeat(600_000), "after another"];

export const largeBodiesAreWhole: BrokerBehaviour = {
  name: "bodies of 1.2 MB are delivered whole, in one send with others",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, bodies));
    const received = await subscriber.takeBodies(bodies.length);
    for (const [index, body] of bodies.entries())
      assert.ok(received[index] === body, `the body did not survive: ${body.slice(0, 20)}`);
  },
};
