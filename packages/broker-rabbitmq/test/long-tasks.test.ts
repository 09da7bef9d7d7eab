import { setTimeout as sleep } from "node:timers/promises";
import {
  describeWithOwnServer,
  type RabbitMqServer,
  startProxy,
  startRabbitMq,
  waitUntil,
} from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { QueueType } from "../src/index.js";
import { closeBrokersAfterEach, connected } from "./support/brokers.js";
import { isFull, itWhenFull } from "./support/full.js";
import { holdingQueues } from "./support/queue-looks.js";
import { newQueue, Taker } from "./support/taker.js";

/** The server's consumer timeout: a minute where there is time, which is also how often it looks. */
const consumerTimeoutMs = isFull ? 60_000 : 4_000;
const types: readonly QueueType[] = ["classic", "quorum"];

describeWithOwnServer("rabbitmq", "a task that runs for longer than the consumer timeout", () => {
  closeBrokersAfterEach();
  let server: RabbitMqServer;
  beforeAll(async () => {
    server = await startRabbitMq({ config: `consumer_timeout = ${consumerTimeoutMs}` });
    if (!isFull) await server.control("eval", "application:set_env(rabbit, channel_tick_interval, 300).");
  });
  afterAll(() => server.stop());

  const untilHeld = (count: number): Promise<void> =>
    waitUntil(
      `${count} are moved`,
      async () => (await holdingQueues(server)).some(({ taken }) => taken === count),
      { timeoutMs: 2 * consumerTimeoutMs },
    );

  /** Takes messages, and goes on with them until they are held. */
  async function takenAndMoved(queue: string, bodies: readonly string[]) {
    const broker = await connected({ url: server.url, consumerTimeoutMs });
    const taker = await Taker.from(broker, queue, { ack: false });
    await broker.send(bodies.map((body) => ({ queue, body })));
    await taker.untilTaken(bodies);
    await untilHeld(bodies.length);
    return { broker, taker };
  }

  it("is taken back by a server whose timeout the broker was not told of", {
    timeout: 240_000,
  }, async () => {
    const queue = newQueue();
    const broker = await connected({ url: server.url });
    const taker = await Taker.from(broker, queue, { ack: false });
    await broker.send([{ queue, body: "long" }]);
    await waitUntil("it is taken back", () => taker.lost.length > 0, { timeoutMs: 3 * consumerTimeoutMs });
    await waitUntil("it is delivered again", () => taker.deliveries.length > 1);
    expect(taker.errors).toMatchObject([
      { message: expect.stringMatching(/set consumerTimeoutMs to .*timed out/) },
    ]);
    await taker.close();
  });

  for (const queueType of types)
    it(`is delivered once from a ${queueType} queue with a long name, and settled in the end`, {
      timeout: 400_000,
    }, async () => {
      const queue = newQueue().padEnd(230, "-");
      const broker = await connected({ url: server.url, queueType, consumerTimeoutMs });
      const taker = await Taker.from(broker, queue, { ack: false });
      await broker.send([{ queue, body: "long" }]);
      await taker.untilTaken(["long"]);
      // What is shown is that nothing happens meanwhile.
      await sleep(3 * consumerTimeoutMs);
      expect(taker.lost).toEqual([]);
      expect(taker.errors).toEqual([]);
      expect(taker.bodies).toEqual(["long"]);
      const [delivery] = taker.deliveries;
      if (delivery === undefined) throw new Error("nothing was taken");
      expect(await taker.subscription.settle([{ delivery, kind: "ack" }])).toEqual(["settled"]);
      await taker.close();
      expect(await broker.counts(queue)).toMatchObject({ waiting: 0, dead: 0 });
      expect(await server.control("list_queues", "name")).not.toContain(":held:");
    });

  it("goes back to its queue when it is released, or its subscription closes", {
    timeout: 400_000,
  }, async () => {
    const queue = newQueue();
    const { broker, taker } = await takenAndMoved(queue, ["released", "closed"]);
    const released = taker.deliveries.find(({ body }) => body === "released");
    if (released === undefined) throw new Error("nothing was taken");
    expect(await taker.subscription.settle([{ delivery: released, kind: "release" }])).toEqual(["settled"]);
    await taker.close();
    const other = await Taker.from(broker, queue);
    await other.untilTaken(["released", "closed"]);
    await other.close();
  });

  it("goes back once where its subscription and its broker close at the same time", {
    timeout: 400_000,
  }, async () => {
    const queue = newQueue();
    const { broker, taker } = await takenAndMoved(queue, ["long"]);
    await Promise.all([taker.close(), broker.close()]);
    const other = await connected({ url: server.url });
    expect(await other.counts(queue)).toMatchObject({ waiting: 1 });
  });

  it("is neither lost nor run again when the queue that holds it is deleted", {
    timeout: 400_000,
  }, async () => {
    const queue = newQueue();
    const { broker, taker } = await takenAndMoved(queue, ["ends", "is retried"]);
    const held = (await holdingQueues(server)).find(({ taken }) => taken === 2);
    await server.control("delete_queue", held?.name ?? "");
    await broker.send([{ queue, body: "another" }]);
    await taker.untilTaken(["another"]);
    // That takes half of the timeout; of the others a copy was made in each tenth of it, which nobody took.
    await untilHeld(1);
    expect((await holdingQueues(server)).filter(({ messages }) => messages > 1)).toEqual([]);
    expect(taker.lost).toEqual([]);
    const [ends, retried] = taker.deliveries;
    if (ends === undefined || retried === undefined) throw new Error("nothing was taken");
    expect(
      await taker.subscription.settle([
        { delivery: ends, kind: "ack" },
        { delivery: retried, kind: "replace", by: [{ queue, body: "the retry" }] },
      ]),
    ).toEqual(["settled", "settled"]);
    await taker.untilTaken(["the retry"]);
    expect(taker.bodies).toEqual(["ends", "is retried", "another", "the retry"]);
    await taker.close();
  });

  itWhenFull("goes back to its queue, counted, when its process dies", 400_000, async () => {
    const queue = newQueue();
    const proxy = await startProxy(server.port);
    const url = `amqp://guest:guest@127.0.0.1:${proxy.port}`;
    const broker = await connected({ url, consumerTimeoutMs });
    const taker = await Taker.from(broker, queue, { ack: false });
    await broker.send([{ queue, body: "long" }]);
    await taker.untilTaken(["long"]);
    await sleep(consumerTimeoutMs);
    await proxy.close();
    const heir = await Taker.from(await connected({ url: server.url }), queue);
    await heir.untilTaken(["long"], 120_000);
    expect(heir.deliveries[0]?.redeliveries).toBe(1);
    await heir.close();
  });
});
