import type { Delivery } from "@ytask/core/driver";
import { describeWithServer, startProxy, waitUntil } from "@ytask-internal/test-servers";
import { expect, inject, it } from "vitest";
import type { QueueType } from "../src/index.js";
import { closeBrokersAfterEach, connected } from "./support/brokers.js";
import { deleteQueues } from "./support/delete-queues.js";
import { newQueue, Taker } from "./support/taker.js";

const types: readonly QueueType[] = ["classic", "quorum"];
const maxUnsettled = 4;
const count = 60;
const bodies = Array.from({ length: count }, (_, index) => `${index}`);

describeWithServer("rabbitmq", "how many deliveries are sent ahead", () => {
  closeBrokersAfterEach();

  it.each(types)("is what was said last, of a %s queue, also after a reconnect", async (queueType) => {
    const queue = newQueue();
    const url = new URL(inject("amqpUrl"));
    const proxy = await startProxy(Number(url.port || 5672), url.hostname);
    url.host = `127.0.0.1:${proxy.port}`;
    const broker = await connected({ url: url.href, queueType });
    await broker.send(bodies.map((body) => ({ queue, body })));
    const taker = await Taker.from(broker, queue, { ack: false, maxUnsettled });
    const untilTaken = async (taken: number, waiting: number) => {
      await waitUntil(`${taken} are taken`, () => taker.deliveries.length === taken);
      expect(await broker.counts(queue)).toMatchObject({ waiting });
    };
    const ack = async (deliveries: readonly Delivery[]) => {
      const outcomes = await taker.subscription.settle(
        deliveries.map((delivery) => ({ delivery, kind: "ack" })),
      );
      expect(new Set(outcomes)).toEqual(new Set(["settled"]));
    };
    await untilTaken(4, count - 4);
    taker.subscription.sendAhead?.(10);
    // What was sent before does not count.
    await untilTaken(4 + 14, count - 18);
    await ack(taker.deliveries.slice(0, 4));
    await untilTaken(18, count - 18);

    proxy.cutAll();
    await untilTaken(18 + 14, count - 18);
    expect(taker.lost).toEqual(taker.deliveries.slice(4, 18));

    taker.subscription.sendAhead?.(0);
    await untilTaken(32 + 4, count - 22);
    await ack(taker.deliveries.slice(18, 32));
    await untilTaken(36, count - 22);
    await ack(taker.deliveries.slice(32, 33));
    await untilTaken(37, count - 23);
    await taker.close();
    // A quorum queue takes a moment to put back what a channel left.
    await waitUntil("all wait", async () => (await broker.counts(queue)).waiting === count - 4 - 14 - 1);
    await proxy.close();
    await deleteQueues(inject("amqpUrl"), [queue]);
  });

  it.each(types)(
    "may change at any time: each message of a %s queue comes once, in order",
    async (queueType) => {
      const queue = newQueue();
      const broker = await connected({ url: inject("amqpUrl"), queueType });
      const taker = await Taker.from(broker, queue, { maxUnsettled });
      for (const body of bodies) {
        await broker.send([{ queue, body }]);
        taker.subscription.sendAhead?.(Number(body) % 3 === 0 ? 0 : Number(body));
      }
      await taker.untilTaken(bodies);
      await taker.close();
      expect(taker.bodies).toEqual(bodies);
      expect(taker.lost).toEqual([]);
      expect(taker.errors).toEqual([]);
      expect(await broker.counts(queue)).toMatchObject({ waiting: 0, dead: 0 });
      await deleteQueues(inject("amqpUrl"), [queue]);
    },
  );
});
