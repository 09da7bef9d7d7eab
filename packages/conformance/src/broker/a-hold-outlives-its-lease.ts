import assert from "node:assert/strict";
import type { Outcome } from "@ytask/core/driver";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import type { BrokerBench } from "./broker-bench.js";
import { messages } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

/**
 * A machine that stands still for longer than a lease makes even a correct driver lose it, so there is more than one
 * chance.
 */
const chances = 3;

export const aHoldOutlivesItsLease: BrokerBehaviour = {
  name: "what is held stays with its holder for longer than a crashed one would keep it",
  async run(bench) {
    const found: string[] = [];
    for (let chance = 0; chance < chances; chance++) {
      const lost = await lossOfAHold(bench);
      if (lost === undefined) return;
      found.push(lost);
    }
    assert.fail(`a delivery that was held, by a broker that was connected, ${found[0]}`);
  },
};

/** What became of the hold, if it was not kept. */
async function lossOfAHold(bench: BrokerBench): Promise<string | undefined> {
  const { broker, queue, subscriber } = await bench.start();
  await broker.send(messages(queue, ["held"]));
  const [delivery] = await subscriber.take(1);
  assert.ok(delivery);
  const other = await bench.subscribe(await bench.connect(), queue);
  const others = await other.receive(1, bench.takenBackWithinMs);
  const [outcome] = await subscriber.settle([{ delivery, kind: "ack" }]);
  await other.ack(others);
  return lossOf(bodiesOf(others), outcome);
}

function lossOf(others: readonly string[], outcome: Outcome | undefined): string | undefined {
  if (others.length > 0) return "was delivered to another";
  return outcome === "settled" ? undefined : `could not be settled: ${String(outcome)}`;
}
