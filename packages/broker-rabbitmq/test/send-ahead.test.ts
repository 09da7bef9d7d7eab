import type { Delivery, Settlement } from "@ytask/core/driver";
import { describeWithServer, waitUntil } from "@ytask-internal/test-servers";
import { connect } from "amqplib";
import { expect, inject, it } from "vitest";
import type { QueueType } from "../src/index.js";
import { groupQueue } from "../src/queues/names.js";
import { behindProxy } from "./support/behind-proxy.js";
import { closeBrokers, closeBrokersAfterEach, connected } from "./support/brokers.js";
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
    const { proxy, url } = await behindProxy(inject("amqpUrl"));
    const broker = await connected({ url, queueType });
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

  // A quorum queue counts a consumer that has ended, as long as it holds something: when to delete it does not show.
  it("a classic queue that is deleted while that changes loses nothing that was held", async () => {
    const queueType = "classic";
    const queue = newQueue();
    const { proxy, url } = await behindProxy(inject("amqpUrl"));
    const broker = await connected({ url, queueType });
    await broker.send(bodies.slice(0, 4).map((body) => ({ queue, body })));
    const subscription = await broker.subscribe(queue, {
      maxUnsettled: 4,
      maxRedeliveries: 25,
      onLost: () => undefined,
      onError: () => undefined,
    });
    const first = await subscription.receive(1, 10_000);
    expect(first).toMatchObject([{ body: "0" }]);
    const near = await connected({ url: inject("amqpUrl"), queueType });
    await waitUntil("all were delivered", async () => (await near.counts(queue)).waiting === 0);
    const connection = await connect(inject("amqpUrl"));
    const channel = await connection.createChannel();
    const { name } = groupQueue(queue, queueType);
    proxy.delay(300);
    subscription.sendAhead?.(10);
    await waitUntil("it has no consumer", async () => (await channel.checkQueue(name)).consumerCount === 0, {
      intervalMs: 1,
    });
    await channel.deleteQueue(name);
    proxy.pass();
    await waitUntil("it is there again, and consumed", async () => {
      const looking = await connection.createChannel();
      looking.on("error", () => undefined);
      return (await looking.checkQueue(name).catch(() => undefined))?.consumerCount === 1;
    });
    const taken: string[] = [];
    await waitUntil("the others come again", async () => {
      taken.push(...(await subscription.receive(4, 100).catch(() => [])).map(({ body }) => body));
      return taken.length === 3;
    });
    expect(taken.toSorted()).toEqual(["1", "2", "3"]);
    const again: Settlement = {
      delivery: first[0] as Delivery,
      kind: "replace",
      by: [{ queue, body: "retry" }],
    };
    expect(await subscription.settle([again])).toEqual(["settled"]);
    expect((await subscription.receive(1, 10_000)).map(({ body }) => body)).toEqual(["retry"]);
    await closeBrokers();
    await connection.close();
    await proxy.close();
    await deleteQueues(inject("amqpUrl"), [queue]);
  });
});
