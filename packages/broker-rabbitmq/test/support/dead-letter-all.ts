import type { RabbitMqBroker } from "../../src/index.js";

/** Sends messages and makes dead letters of them, in order, all with the same error. */
export async function deadLetterAll(
  broker: RabbitMqBroker,
  queue: string,
  bodies: readonly string[],
  error = "no",
): Promise<void> {
  await broker.send(bodies.map((body) => ({ queue, body })));
  const subscription = await broker.subscribe(queue, {
    maxUnsettled: bodies.length,
    maxRedeliveries: 25,
    onLost() {},
    onError() {},
  });
  for (let left = bodies.length; left > 0; ) {
    const deliveries = await subscription.receive(left, 1_000);
    const outcomes = await subscription.settle(
      deliveries.map((delivery) => ({ delivery, kind: "deadLetter", reason: "permanentFailure", error })),
    );
    if (outcomes.some((outcome) => outcome !== "settled")) throw new Error(`not settled: ${outcomes}`);
    left -= outcomes.length;
  }
  await subscription.close();
}
