import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { orYTaskError } from "../or-ytask-error.js";
import type { BoundedBroker } from "./bounded-broker.js";
import type { BrokerBehaviour } from "./broker-behaviour.js";

/** When the close meets the subscribe, in milliseconds: at its beginning, and later. */
const moments = [0, 1, 2, 4, 8];
/** How long the test listens for what must not come. */
const quietMs = 300;

export const closeEndsASubscribe: BrokerBehaviour = {
  name: "a subscribe that is under way ends when its broker closes, and reports no error behind that",
  async run(bench) {
    const errors: Error[] = [];
    const closeAfter = async (broker: BoundedBroker, ms: number): Promise<void> => {
      const subscribing = broker.subscribe(bench.queue(), {
        maxUnsettled: 1,
        maxRedeliveries: 1,
        onLost() {},
        onError: (error) => errors.push(error),
      });
      const ended = orYTaskError("subscribe", subscribing);
      if (ms > 0) await sleep(ms);
      await broker.close();
      await bench.soon("a subscribe after a close", ended);
    };
    for (const ms of moments) await closeAfter(await bench.connect(), ms);
    await sleep(quietMs);
    assert.deepEqual(errors, [], "an error was reported");
  },
};
