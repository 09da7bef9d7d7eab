import assert from "node:assert/strict";
import { orYTaskError } from "../or-ytask-error.js";
import { awaitedLater } from "../settles.js";
import type { BoundedBroker } from "./bounded-broker.js";
import type { BrokerBench } from "./broker-bench.js";
import { messages, numbered } from "./messages.js";

/** Shows that calls that are pending when the server goes away settle within their bound, and so do calls after that. */
export async function everyCallSettles(
  bench: BrokerBench,
  takeAway: (broker: BoundedBroker) => Promise<void>,
): Promise<void> {
  const { broker, queue, subscriber } = await bench.start();
  await broker.send(messages(queue, numbered(2)));
  const [first, second] = await subscriber.take(2);
  assert.ok(first && second);
  const receiving = awaitedLater(orYTaskError("receive", subscriber.receive(10, 1_000)));
  await takeAway(broker);
  await Promise.all([
    receiving,
    orYTaskError("send", broker.send(messages(queue, ["later"]))),
    orYTaskError("counts", broker.counts(queue)),
    orYTaskError("list", broker.deadLetters(queue).list()),
    orYTaskError("redrive", broker.deadLetters(queue).redrive()),
    orYTaskError("purge", broker.deadLetters(queue).purge()),
    orYTaskError("subscribe", bench.subscribe(broker, bench.queue())),
    subscriber.settle([{ delivery: first, kind: "ack" }]),
    subscriber.settle([{ delivery: second, kind: "replace", by: messages(queue, ["next"]) }]),
  ]);
  await orYTaskError("receive", subscriber.receive(10, 200));
  await orYTaskError("subscription.close", subscriber.close());
  await orYTaskError("close", broker.close());
}
