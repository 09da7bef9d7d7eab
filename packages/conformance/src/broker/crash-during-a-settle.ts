import type { Delivery, Settlement } from "@ytask/core/driver";
import type { BrokerBench } from "./broker-bench.js";
import { type Call, callersOf, crashDuring } from "./crash-during.js";
import { messages, numbered } from "./messages.js";
import { nothingIsLost } from "./nothing-is-lost.js";

/** How many deliveries a call settles: if each takes separate steps, a crash has as many chances to come between two. */
const each = 10;
const callers = callersOf(15);

/** The body of the message that replaces this one. */
export const inPlaceOf = (message: string): string => `${message} replaced`;

/**
 * Lets subscribers crash while they settle, and waits until nothing of what they held is lost.
 *
 * @returns the bodies of everything that was delivered afterwards, and of all dead letters
 */
export async function crashDuringASettle(
  bench: BrokerBench,
  settlementOf: (delivery: Delivery, queue: string) => Settlement,
): Promise<readonly string[]> {
  const other = await bench.connect();
  const queue = bench.queue();
  const bodies = numbered(each * callers.length);
  await other.send(messages(queue, bodies));
  const calls = await Promise.all(
    callers.map(async (): Promise<Call<unknown>> => {
      const broker = await bench.connect();
      const subscriber = await bench.subscribe(broker, queue, { maxUnsettled: each });
      const taken = await subscriber.take(each);
      const settlements = taken.map((delivery) => settlementOf(delivery, queue));
      return { broker, make: () => subscriber.settle(settlements) };
    }),
  );
  await crashDuring(bench, calls);
  // The broker that was not cut is still subscribed. It must not receive the messages that are looked for.
  await calls[0]?.broker.close();
  return nothingIsLost(bench, other, queue, bodies, (body, message) => body === inPlaceOf(message));
}
