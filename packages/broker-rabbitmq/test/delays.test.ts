import { type Outgoing, SendFailed } from "@ytask/core/driver";
import {
  describeWithOwnServer,
  describeWithServer,
  type RabbitMqServer,
  startProxy,
  startRabbitMq,
  untilSucceeds,
  waitUntil,
} from "@ytask-internal/test-servers";
import { connect } from "amqplib";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { routeOf } from "../src/queues/delays.js";
import { closeBrokers, closeBrokersAfterEach, connected } from "./support/brokers.js";
import { deleteQueues } from "./support/delete-queues.js";
import { newQueue, Taker } from "./support/taker.js";

const dayMs = 86_400_000;

describe("the levels of a delay", () => {
  const heldMs = (delayMs: number) =>
    routeOf("queue", delayMs).stays.reduce((sum, { ttlMs }) => sum + ttlMs, 0);
  const delays = [1, 15, 16, 17, 511, 512, 513, 999, 1_000, 1_007, 1_008, 2_500, 4_096, 7_777, 9_999, 10_000];
  const longDelays = [
    10_001,
    59_999,
    3_600_000,
    3_599_999,
    dayMs,
    30 * dayMs,
    49.7 * dayMs,
    50 * dayMs,
    365 * dayMs,
  ];

  it.each(delays)("hold %d ms back for that long, and for 64 ms more at most", (delayMs) => {
    expect(heldMs(delayMs)).toBeGreaterThanOrEqual(delayMs);
    expect(heldMs(delayMs)).toBeLessThanOrEqual(delayMs + 64);
  });

  it.each(longDelays)("hold %d ms back for that long, and for less than a hundredth more", (delayMs) => {
    expect(heldMs(delayMs)).toBeGreaterThanOrEqual(delayMs);
    expect(heldMs(delayMs)).toBeLessThan(delayMs * 1.01);
  });

  it("hold every delay up to two minutes back for at least as long", () => {
    for (let delayMs = 1; delayMs < 120_000; delayMs += 7)
      expect(heldMs(delayMs)).toBeGreaterThanOrEqual(delayMs);
  });

  it("are named in a routing key that AMQP takes", () => {
    for (const delayMs of [...delays, ...longDelays])
      expect(routeOf("q".repeat(255), delayMs).routingKey.length).toBeLessThan(255);
  });
});

describeWithServer("rabbitmq", "delays on a server", () => {
  closeBrokersAfterEach();

  it("need no more queues for many tasks of many groups than for one", async () => {
    const broker = await connected({ url: inject("amqpUrl") });
    const delays = Array.from({ length: 50 }, (_, index) => 20 + index * 13);
    const queues = [newQueue(), newQueue(), newQueue()];
    const messages = queues.flatMap((queue) =>
      delays.map((delayMs) => ({ queue, body: `${delayMs}`, delayMs })),
    );
    await broker.send(messages);
    for (const queue of queues) {
      const taker = await Taker.from(broker, queue);
      await taker.untilTaken(delays.map(String));
      await taker.close();
    }
    const connection = await connect(inject("amqpUrl"));
    const channel = await connection.createChannel();
    const used = new Set(
      delays.flatMap((delayMs) => routeOf("queue", delayMs).stays.map(({ queue }) => queue)),
    );
    expect(used.size).toBeLessThanOrEqual(32);
    for (const queue of used) expect((await channel.checkQueue(queue)).messageCount).toBe(0);
    await connection.close();
    await deleteQueues(inject("amqpUrl"), queues);
  });

  it("bring a message to a queue that was deleted and declared again while it waited", async () => {
    const queue = newQueue();
    const broker = await connected({ url: inject("amqpUrl") });
    const taker = await Taker.from(broker, queue);
    await broker.send([{ queue, body: "first", delayMs: 1_500 }]);
    await deleteQueues(inject("amqpUrl"), [queue]);
    await broker.send([{ queue, body: "second", delayMs: 100 }]);
    await taker.untilTaken(["first", "second"]);
    await taker.close();
    await deleteQueues(inject("amqpUrl"), [queue]);
  });
});

describeWithOwnServer("rabbitmq", "the queues of delays", () => {
  let server: RabbitMqServer;
  beforeEach(async () => {
    server = await startRabbitMq();
  });
  afterEach(async () => {
    await closeBrokers();
    await server?.stop();
  });

  it("keep a message of thirty days where it waits first", async () => {
    const queue = newQueue();
    const broker = await connected({ url: server.url });
    await broker.send([{ queue, body: "in a month", delayMs: 30 * dayMs }]);
    const first = routeOf(queue, 30 * dayMs).stays.reduce((one, other) =>
      other.level > one.level ? other : one,
    );
    const connection = await connect(server.url);
    const channel = await connection.createChannel();
    await waitUntil("it waits", async () => (await channel.checkQueue(first.queue)).messageCount === 1);
    await connection.close();
  });

  it("are as many for thousands of tasks of many groups as for one of each delay", async () => {
    const broker = await connected({ url: server.url });
    const delays = Array.from({ length: 60 }, (_, index) => 30 + index * 160);
    const sendAll = (queue: string) =>
      broker.send(delays.map((delayMs) => ({ queue, body: `${delayMs}`, delayMs })));
    const levels = async (): Promise<number> => {
      const names = (await server.control("list_queues", "name", "--no-table-headers")).split("\n");
      return names.filter((name) => name.startsWith("YTask:Delay:")).length;
    };
    await sendAll(newQueue());
    // 31 for each power of 32 in delays of up to ten seconds, which are declared behind the first that needs them.
    await waitUntil("all are declared", async () => (await levels()) === 62);
    for (let round = 0; round < 30; round++) await sendAll(newQueue());
    expect(await levels()).toBe(62);
  });

  it("are sent to for more groups than can be declared in the time of one send, by sending again what failed", async () => {
    const broker = await connected({ url: server.url, commandTimeoutMs: 1_000 });
    const delayMs = 60_000;
    // The levels, which take a moment at first.
    await untilSucceeds("a delayed send", () => broker.send([{ queue: newQueue(), body: "first", delayMs }]));
    let left: readonly Outgoing[] = Array.from({ length: 1_000 }, () => ({
      queue: newQueue(),
      body: "",
      delayMs,
    }));
    const leftover: number[] = [];
    while (left.length > 0) {
      leftover.push(left.length);
      const sent = left;
      const error: unknown = await broker.send(sent).catch((error: unknown) => error);
      left = SendFailed.isInstance(error) ? error.notStored.flatMap((index) => sent[index] ?? []) : [];
      // What was declared in time was stored, and did not wait for the others in vain.
      expect(left.length).toBeLessThan(sent.length);
    }
    expect(leftover.length).toBeGreaterThan(1);
  });

  it("take a message for what is left of its delay when its send comes to it", async () => {
    // Each send is to another queue and declares the end of its way, which takes three answers: longer than 16 ms.
    const proxy = await startProxy(server.port);
    proxy.delay(20);
    const broker = await connected({ url: `amqp://127.0.0.1:${proxy.port}` });
    // One digit of 512 ms and one of 16 ms, which begins with the first; a little less begins with one digit less.
    const delayMs = 17 * 512 + 16;
    const [, first] = routeOf("queue", delayMs).stays;
    const [, shorter] = routeOf("queue", delayMs - 32).stays;
    expect([first?.ttlMs, shorter?.ttlMs]).toEqual([17 * 512, 16 * 512]);
    // At first the queues are not all declared, and the whole delay is the only way.
    await waitUntil("a message stays for less", async () => {
      await broker.send([{ queue: newQueue(), body: "message", delayMs }]);
      const counts = await server.control("list_queues", "name", "messages", "--no-table-headers");
      return counts.split("\n").some((line) => {
        const [name, messages] = line.split("\t");
        return name === shorter?.queue && Number(messages) > 0;
      });
    });
    await closeBrokers();
    await proxy.close();
  });
});
