import assert from "node:assert/strict";
import type { Outcome, Settlement } from "@ytask/core/driver";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import type { BrokerBench } from "./broker-bench.js";
import { messages, numbered } from "./messages.js";
import type { Subscriber } from "./subscriber.js";

export const aSettleDuringACutLeavesNothingStuck: BrokerBehaviour = {
  name: "what is settled while the connection is broken is settled once it is back, or delivered again",
  needs: ["cut"],
  async run(bench) {
    await settledOrBack(bench, async () => {});
    // By a receive the driver notices the cut, and its settle may then take another path.
    await settledOrBack(bench, (subscriber) => subscriber.receive(1, 100).catch(() => {}));
  },
};

async function settledOrBack(
  bench: BrokerBench,
  beforeTheSettle: (subscriber: Subscriber) => Promise<unknown>,
): Promise<void> {
  const { broker, queue, subscriber } = await bench.start();
  const other = await bench.connect();
  await other.send(messages(queue, numbered(3)));
  const [first, second, third] = await subscriber.take(3);
  assert.ok(first && second && third);
  const settlements: Settlement[] = [
    { delivery: first, kind: "ack" },
    { delivery: second, kind: "replace", by: messages(queue, ["replacement"]) },
    { delivery: third, kind: "release" },
  ];
  await bench.cut(broker);
  await beforeTheSettle(subscriber);
  const outcomes: Outcome[] = [...(await subscriber.settle(settlements))];
  assert.ok(!outcomes.includes("settled"), "nothing can be settled while the server cannot be reached");
  await bench.mend(broker);
  // As core does: a lost delivery is dropped, one with an unknown outcome is settled again.
  await bench.eventually("each outcome is known", async () => {
    const unknown = [...outcomes.keys()].filter((index) => outcomes[index] === "unknown");
    const again = await subscriber.settle(unknown.flatMap((index) => settlements[index] ?? []));
    for (const [at, index] of unknown.entries()) outcomes[index] = again[at] ?? "unknown";
    return !outcomes.includes("unknown");
  });
  const expected = settlements.flatMap(({ delivery, kind }, index) => {
    if (outcomes[index] === "lost" || kind === "release") return [delivery.body];
    return kind === "replace" ? ["replacement"] : [];
  });
  assert.deepEqual([...(await subscriber.takeBodies(expected.length))].sort(), expected.sort());
  await subscriber.expectNothing();
}
