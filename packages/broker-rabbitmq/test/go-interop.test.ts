import { capturesOf } from "@ytask-internal/go-captures";
import { describeWithServer } from "@ytask-internal/test-servers";
import { type Channel, type ChannelModel, connect } from "amqplib";
import { afterEach, beforeEach, expect, inject, it } from "vitest";
import { closeBrokersAfterEach, connected } from "./support/brokers.js";
import { deleteQueues } from "./support/delete-queues.js";
import { newQueue, Taker } from "./support/taker.js";

const published = capturesOf("messages-v3.0.2-rabbitmq").filter(
  (capture) => capture.command === "basic.publish",
);

describeWithServer("rabbitmq", "RabbitMqBroker beside the Go original", () => {
  closeBrokersAfterEach();
  let connection: ChannelModel;
  let go: Channel;
  let queue: string;

  beforeEach(async () => {
    queue = newQueue();
    connection = await connect(inject("amqpUrl"));
    go = await connection.createChannel();
  });
  afterEach(async () => {
    await connection.close();
    await deleteQueues(inject("amqpUrl"), [queue]);
  });

  /** Declares as the original does, before each publish: durable, with an int32. */
  const declare = () =>
    go.assertQueue(queue, { durable: true, arguments: { "x-max-priority": { "!": "int", value: 9 } } });

  it("takes every message that a Go client publishes, unconfirmed and not persistent", async () => {
    expect(published).toHaveLength(91);
    for (const { body = "", properties } of published) {
      await declare();
      go.sendToQueue(queue, Buffer.from(body), {
        contentType: properties?.content_type ?? "",
        ...(properties?.priority === undefined ? {} : { priority: properties.priority }),
      });
    }
    const broker = await connected({ url: inject("amqpUrl") });
    const taker = await Taker.from(broker, queue);
    const bodies = published.map((capture) => capture.body ?? "");
    await taker.untilTaken(bodies);
    expect([...taker.bodies].sort()).toEqual([...bodies].sort());
    await taker.close();
  });

  it("publishes what a Go server gets: text/plain, and priority 5 at the front only", async () => {
    const broker = await connected({ url: inject("amqpUrl") });
    await broker.send([
      { queue, body: "last" },
      { queue, body: "first", front: true },
    ]);
    await declare();
    const first = await go.get(queue, { noAck: true });
    const last = await go.get(queue, { noAck: true });
    if (first === false || last === false) throw new Error("the queue is empty");
    expect(first.content.toString()).toBe("first");
    expect(first.properties).toMatchObject({ contentType: "text/plain", priority: 5, deliveryMode: 2 });
    expect(last.properties).toMatchObject({ contentType: "text/plain", deliveryMode: 2 });
    expect(last.properties.priority).toBeUndefined();
    expect(last.properties.expiration).toBeUndefined();
  });

  it("shares its queue with a Go server that declares it again and again, before and after", async () => {
    const broker = await connected({ url: inject("amqpUrl") });
    const taker = await Taker.from(broker, queue);
    for (const body of ["one", "two"]) {
      await declare();
      await broker.send([{ queue, body }]);
    }
    await taker.untilTaken(["one", "two"]);
    await taker.close();
  });

  it("shows a delayed message to a Go server that polls its queue when it is due, and not before", async () => {
    const broker = await connected({ url: inject("amqpUrl") });
    const delayMs = 700;
    const sentAt = performance.now();
    await broker.send([{ queue, body: "delayed", delayMs }]);
    await declare();
    let message = await go.get(queue, { noAck: true });
    while (message === false) message = await go.get(queue, { noAck: true });
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(delayMs);
    expect(message.content.toString()).toBe("delayed");
  });
});
