import assert from "node:assert/strict";
import type { Outgoing } from "@ytask/core/driver";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import type { BrokerBench } from "./broker-bench.js";
import { messages } from "./messages.js";

/** A delay so long that a test never sees the message. */
const never = 3_600_000;

export const eachMessageHasItsOwnWay: BrokerBehaviour = {
  name: "of the messages of one send, or of one replace, each has its own queue and delay",
  async run(bench) {
    await arriveEachItsOwnWay(bench, (all) => all);
    await arriveEachItsOwnWay(bench, (all) => [...all].reverse());
  },
};

async function arriveEachItsOwnWay(
  bench: BrokerBench,
  inOrder: (all: readonly Outgoing[]) => readonly Outgoing[],
): Promise<void> {
  const { broker, queue, subscriber } = await bench.start();
  const otherQueue = bench.queue();
  const all = (way: string): readonly Outgoing[] =>
    inOrder([
      { queue, body: `${way} later`, delayMs: never },
      { queue: otherQueue, body: `${way} soon`, delayMs: 100 },
      { queue, body: `${way} now` },
    ]);
  await broker.send([...messages(queue, ["old"])]);
  const [old] = await subscriber.take(1);
  assert.ok(old);
  await broker.send(all("sent"));
  await subscriber.settleAll([{ delivery: old, kind: "replace", by: all("replaced") }]);
  assert.deepEqual([...(await subscriber.takeBodies(2))].sort(), ["replaced now", "sent now"]);
  // Not earlier: a server may have to be told of a queue, and a delayed message must not depend on who subscribes to
  // it.
  const other = await bench.subscribe(broker, otherQueue);
  assert.deepEqual([...(await other.takeBodies(2))].sort(), ["replaced soon", "sent soon"]);
  await subscriber.expectNothing();
  await other.expectNothing();
}
