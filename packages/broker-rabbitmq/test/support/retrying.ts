import { setImmediate as nextTurn } from "node:timers/promises";
import type { Delivery } from "@ytask/core/driver";
import type { RabbitMqBroker } from "../../src/index.js";

/**
 * Takes part in the queue's work by sending each tenth delivery again, as a retry with a delay does. Done is what came
 * here, or whose retry did: an ack that arrives and whose answer does not leaves nothing that could come again.
 */
export async function retrying(
  broker: RabbitMqBroker,
  queue: string,
): Promise<{ done: Set<string>; stop(): Promise<void> }> {
  const subscription = await broker.subscribe(queue, {
    maxUnsettled: 50,
    maxRedeliveries: 1_000,
    onLost() {},
    onError() {},
  });
  const done = new Set<string>();
  let isStopped = false;
  const settlement = (delivery: Delivery) => {
    const isRetry = delivery.body.endsWith("again");
    if (Number.parseInt(delivery.body, 10) % 10 !== 0 || isRetry) return { delivery, kind: "ack" as const };
    const by = [{ queue, body: `${delivery.body} again`, delayMs: 100 }];
    return { delivery, kind: "replace" as const, by };
  };
  const take = async () => {
    while (!isStopped) {
      const deliveries = await subscription.receive(20, 1_000).catch(() => []);
      // What is closed answers at once, and a test's time limit needs a turn of the event loop.
      await nextTurn();
      for (const { body } of deliveries) if (Number(body) % 10 !== 0) done.add(body.replace(" again", ""));
      await subscription.settle(deliveries.map(settlement));
    }
  };
  const taking = take();
  return {
    done,
    async stop() {
      isStopped = true;
      await taking;
      await subscription.close();
    },
  };
}
