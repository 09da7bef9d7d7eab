import type { Broker } from "@ytask/core/driver";
import { messages } from "./messages.js";
import type { Subscriber } from "./subscriber.js";

/** Sends messages and makes dead letters of them, in order, all with the same error. */
export async function deadLetterAll(
  broker: Broker,
  queue: string,
  subscriber: Subscriber,
  bodies: readonly string[],
  error = "no",
): Promise<void> {
  await broker.send(messages(queue, bodies));
  const taken = await subscriber.take(bodies.length);
  await subscriber.settleAll(
    taken.map((delivery) => ({ delivery, kind: "deadLetter", reason: "permanentFailure", error })),
  );
}
