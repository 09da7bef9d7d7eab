import type { Broker } from "@ytask/core/driver";
import type { BrokerBench } from "./broker-bench.js";
import { bodiesOf } from "./subscriber.js";

/**
 * Waits until each message was delivered, or is among the dead letters of the queue, and acks what is delivered.
 *
 * @param isOf whether a body is that of a message, or of one that may replace it; default: whether it is the same
 * @returns the bodies of everything that was delivered, and of all dead letters
 */
export async function nothingIsLost(
  bench: BrokerBench,
  broker: Broker,
  queue: string,
  bodies: readonly string[],
  isOf: (body: string, message: string) => boolean = (body, message) => body === message,
): Promise<readonly string[]> {
  const subscriber = await bench.subscribe(broker, queue);
  const delivered: string[] = [];
  let found: readonly string[] = [];
  await bench.eventually(`each of ${bodies.length} messages is delivered, or a dead letter`, async () => {
    delivered.push(...(await subscriber.drain()));
    found = [...delivered, ...bodiesOf(await broker.deadLetters(queue).list({ limit: 2 * bodies.length }))];
    const there = new Set(found);
    return bodies.every((message) => there.has(message) || found.some((body) => isOf(body, message)));
  });
  return found;
}
