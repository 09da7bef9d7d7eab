import assert from "node:assert/strict";
import { YTaskError } from "@ytask/core/driver";
import { awaitedLater } from "../settles.js";
import type { BoundedBroker } from "./bounded-broker.js";
import type { BrokerBench } from "./broker-bench.js";
import { messages, numbered } from "./messages.js";

/** Shows that calls under way when the server goes away settle within their bound, and calls after that. */
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
    subscriber.settle([{ delivery: first, kind: "ack" }]),
    subscriber.settle([{ delivery: second, kind: "replace", by: messages(queue, ["next"]) }]),
  ]);
  await orYTaskError("receive", subscriber.receive(10, 200));
  await orYTaskError("subscription.close", subscriber.close());
  await orYTaskError("close", broker.close());
}

/** Settles, and rejects only where the call rejects with what is not a YTaskError. */
const orYTaskError = (call: string, promise: Promise<unknown>): Promise<void> =>
  promise.then(
    () => {},
    (error: unknown) =>
      assert.ok(
        YTaskError.isInstance(error),
        `${call} was to reject with a YTaskError, not ${String(error)}`,
      ),
  );
