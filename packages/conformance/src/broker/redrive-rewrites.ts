import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { buryAll } from "./bury.js";
import { numbered } from "./messages.js";

export const redriveRewrites: BrokerBehaviour = {
  name: "redrive sends what `rewrite` makes of a letter, from all that the letter says",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await buryAll(broker, queue, subscriber, numbered(3));
    const rewritten = await broker
      .deadLetters(queue)
      .redrive(undefined, ({ body, reason, error }) => `${body} ${reason} ${error}`);
    assert.equal(rewritten, 3);
    assert.deepEqual(
      [...(await subscriber.takeBodies(3))].sort(),
      numbered(3).map((body) => `${body} permanentFailure no`),
    );
  },
};
