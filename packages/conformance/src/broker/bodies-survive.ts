import assert from "node:assert/strict";
import { texts } from "../texts.js";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const bodiesSurvive: BrokerBehaviour = {
  name: "a body arrives as it was sent, whatever text it is",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    for (const [kind, body] of Object.entries(texts)) {
      await broker.send(messages(queue, [body]));
      const [received] = await subscriber.takeBodies(1);
      assert.ok(received === body, `the text did not survive: ${kind}`);
    }
  },
};
