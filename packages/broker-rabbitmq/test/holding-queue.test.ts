import {
  describeWithOwnServer,
  type RabbitMqServer,
  startRabbitMq,
  waitUntil,
} from "@ytask-internal/test-servers";
import { connect } from "amqplib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { holdingQueue } from "../src/consume/holding-queue.js";
import { groupQueue } from "../src/queues/names.js";
import { closeBrokersAfterEach, connected } from "./support/brokers.js";
import { deleteQueues } from "./support/delete-queues.js";
import { allQueues, holdingQueues, isHoldingQueue } from "./support/queue-looks.js";
import { newQueue, Taker } from "./support/taker.js";

/** What the broker is told. The server takes nothing back for half an hour, so that a slow machine has time enough. */
const consumerTimeoutMs = 2_000;

describeWithOwnServer("rabbitmq", "the holding queue", () => {
  closeBrokersAfterEach();
  let server: RabbitMqServer;
  beforeAll(async () => {
    server = await startRabbitMq();
  });
  afterAll(() => server.stop());

  /** Whether holding queues, other than `replaced`, have so many messages, all of them taken, and the group's none. */
  async function areMoved(queue: string, count: number, replaced?: string): Promise<boolean> {
    const queues = await allQueues(server);
    const held = queues.filter(isHoldingQueue);
    const { name: groups } = groupQueue(queue, "classic");
    const inGroups = queues.find(({ name }) => name === groups)?.messages;
    const total = held.reduce((sum, { messages }) => sum + messages, 0);
    const areTaken = held.every(({ name, messages, taken }) => name !== replaced && messages === taken);
    return inGroups === 0 && total === count && areTaken;
  }

  it("keeps no copy that the server stored after the move was given up, and makes no run of it", async () => {
    const queue = newQueue();
    const other = await connected({ url: server.url });
    await other.send([{ queue, body: "long" }]);
    await server.control("set_vm_memory_high_watermark", "0.0001");
    // It has sent nothing, and so is told of the alarm only by the copy, which waits in the connection.
    const broker = await connected({ url: server.url, consumerTimeoutMs, commandTimeoutMs: 500 });
    const taker = await Taker.from(broker, queue, { ack: false });
    await taker.untilTaken(["long"]);
    await waitUntil("the move is given up", () => taker.errors.length > 0);
    await server.control("set_vm_memory_high_watermark", "0.6");
    // The next copy comes after the late one.
    await waitUntil("one copy is held", () => areMoved(queue, 1));
    expect(taker.lost).toEqual([]);
    expect(taker.bodies).toEqual(["long"]);
    await taker.close();
    await deleteQueues(server.url, [queue]);
  });

  it("is replaced where it is deleted and declared again in the same moment, and what it held is moved", {
    timeout: 120_000,
  }, async () => {
    const queue = newQueue();
    const broker = await connected({ url: server.url, consumerTimeoutMs });
    const taker = await Taker.from(broker, queue, { ack: false });
    await broker.send([{ queue, body: "held before" }]);
    await taker.untilTaken(["held before"]);
    await waitUntil("it is moved", () => areMoved(queue, 1));
    const [before] = await holdingQueues(server);
    if (before === undefined) throw new Error("there is no holding queue");
    const connection = await connect(server.url);
    const channel = await connection.createChannel();
    const { arguments: given } = holdingQueue(groupQueue(queue, "classic"));
    const deleted = channel.deleteQueue(before.name);
    await channel.assertQueue(before.name, { durable: true, arguments: given });
    await deleted;
    await connection.close();
    await broker.send([{ queue, body: "held after" }]);
    await taker.untilTaken(["held after"]);
    await waitUntil("both are moved", () => areMoved(queue, 2, before.name));
    expect(taker.lost).toEqual([]);
    const settlements = taker.deliveries.map((delivery) => ({ delivery, kind: "ack" as const }));
    expect(await taker.subscription.settle(settlements)).toEqual(["settled", "settled"]);
    await waitUntil("nothing is held", () => areMoved(queue, 0));
    expect(taker.bodies).toEqual(["held before", "held after"]);
    await taker.close();
    await deleteQueues(server.url, [queue]);
  });
});
