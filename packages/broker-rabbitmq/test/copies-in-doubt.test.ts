import { silentLogger } from "@ytask/core/driver";
import {
  describeWithOwnServer,
  type RabbitMqServer,
  startProxy,
  startRabbitMq,
  type TcpProxy,
  waitUntil,
} from "@ytask-internal/test-servers";
import { type Channel, type ChannelModel, connect } from "amqplib";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { Connections } from "../src/connection/connections.js";
import { CopiesInDoubt } from "../src/consume/copies-in-doubt.js";
import type { RabbitMqBroker, RabbitMqBrokerOptions } from "../src/index.js";
import { settingsOf } from "../src/options.js";
import { groupQueue } from "../src/queues/names.js";
import { closeBrokers, connected } from "./support/brokers.js";
import { allQueues, holdingQueues } from "./support/queue-looks.js";
import { newQueue, Taker } from "./support/taker.js";

/** So long that no slow machine gives a copy up. */
const patient: RabbitMqBrokerOptions = { commandTimeoutMs: 50_000 };
/** So short that a test need not wait long until a copy is given up. */
const impatient: RabbitMqBrokerOptions = { commandTimeoutMs: 2_000 };

/** Of a subscription of which a test does not receive all the while. */
const idleOptions = { maxUnsettled: 1, maxRedeliveries: 25, onLost() {}, onError() {} };

describeWithOwnServer("rabbitmq", "a copy of which it is not known whether it is stored", () => {
  let server: RabbitMqServer;
  /** Holds back what the server answers to those who publish. */
  let proxy: TcpProxy;
  let client: { readonly publish: ChannelModel; readonly consume: ChannelModel };
  let looker: Channel;
  let sender: RabbitMqBroker;
  let queue: string;
  beforeAll(async () => {
    server = await startRabbitMq();
  });
  beforeEach(async () => {
    queue = newQueue();
    proxy = await startProxy(server.port);
    const publish = await connect(server.url.replace(`${server.port}`, `${proxy.port}`));
    const consume = await connect(server.url);
    client = { publish, consume };
    looker = await consume.createChannel();
    sender = await connected({ url: server.url });
  });
  afterEach(async () => {
    proxy.pass();
    await closeBrokers();
    await Promise.all([client.publish.close(), client.consume.close()]);
    await proxy.close();
  });
  afterAll(() => server.stop());

  /** A server of the queue to which a message has come back, so that it is sent again, and no answer to that comes. */
  async function recounting(options: RabbitMqBrokerOptions, maxUnsettled: number, ack: boolean) {
    const other = await Taker.from(await connected({ url: server.url }), queue, { ack: false });
    await sender.send([{ queue, body: "1" }]);
    await other.untilTaken(["1"]);
    const taker = await Taker.from(await connected({ client, ...options }), queue, { ack, maxUnsettled });
    proxy.holdAnswers();
    await other.close();
    return taker;
  }

  const untilCopyWaits = () =>
    waitUntil("the copy waits", async () => (await sender.counts(queue)).waiting === 1);

  /** Resolves once the queue has so many messages, and all are delivered. */
  function untilDelivered(count: number): Promise<void> {
    const { name } = groupQueue(queue, "classic");
    return waitUntil(`${count} are delivered`, async () =>
      (await allQueues(server)).some(
        (one) => one.name === name && one.messages === count && one.taken === count,
      ),
    );
  }

  /** Deletes the queue, and waits until those who take from it know. */
  async function deleteQueue() {
    const spec = groupQueue(queue, "classic");
    await looker.deleteQueue(spec.name);
    const assert = () => looker.assertQueue(spec.name, { durable: true, arguments: spec.arguments });
    await waitUntil("it is taken from again", async () => (await assert()).consumerCount === 1);
  }

  /** That the message runs once, and nothing of it is left. */
  async function expectOneRun(taker: Taker) {
    await taker.untilTaken(["1"]);
    // It comes after all copies.
    await sender.send([{ queue, body: "after" }]);
    await taker.untilTaken(["after"]);
    expect(taker.bodies).toEqual(["1", "after"]);
    expect(taker.lost).toEqual([]);
    await taker.subscription.settle(taker.deliveries.map((delivery) => ({ delivery, kind: "ack" })));
    await taker.close();
    expect(await sender.counts(queue)).toMatchObject({ waiting: 0 });
  }

  it("is removed where it comes, is given up, and what it is a copy of runs", async () => {
    const taker = await recounting(impatient, 10, false);
    await waitUntil("it is given up", () => taker.errors.length > 0);
    await expectOneRun(taker);
  });

  it("waits where it comes until that is known, and then runs instead of what it is a copy of", async () => {
    const taker = await recounting(patient, 10, false);
    await untilDelivered(2);
    // It comes after the copy.
    await sender.send([{ queue, body: "behind" }]);
    await taker.untilTaken(["behind"]);
    expect(taker.bodies).toEqual(["behind"]);
    proxy.pass();
    await taker.untilTaken(["1"]);
    await untilDelivered(2);
    expect(taker.deliveries).toMatchObject([
      { body: "behind", redeliveries: 0 },
      { body: "1", redeliveries: 1 },
    ]);
    expect(taker.errors).toEqual([]);
    await taker.close();
  });

  it("is sent once more where its queue is deleted and it is confirmed after that", async () => {
    const taker = await recounting(patient, 1, true);
    await untilCopyWaits();
    await deleteQueue();
    proxy.pass();
    await expectOneRun(taker);
  });

  it("is sent once more where its queue is deleted and it is given up after that", async () => {
    const taker = await recounting(impatient, 1, true);
    await untilCopyWaits();
    await deleteQueue();
    await waitUntil("it is given up", () => taker.errors.length > 0);
    proxy.pass();
    await expectOneRun(taker);
  });

  it("is sent once more where its queue is deleted, and it was of a message that nobody began with for long", async () => {
    const broker = await connected({ client, ...patient, consumerTimeoutMs: 2_000 });
    const idle = await broker.subscribe(queue, idleOptions);
    proxy.holdAnswers();
    await sender.send([{ queue, body: "1" }]);
    await untilCopyWaits();
    await deleteQueue();
    const taker = await Taker.from(sender, queue);
    proxy.pass();
    await idle.close();
    await expectOneRun(taker);
  });

  it("is known where it comes, however many a large subscription sent at once", async () => {
    const connections = await Connections.open(settingsOf({ client, commandTimeoutMs: 5_000 }), silentLogger);
    const copies = new CopiesInDoubt();
    const to = groupQueue(queue, "classic");
    await connections.queues.ensure(to);
    proxy.holdAnswers();
    const many = Array.from({ length: 20_000 }, (_, index) => ({ to, body: Buffer.from(`${index}`) }));
    const sent = await copies.send(many, connections.sender);
    expect(sent.filter(({ kind }) => kind !== "unknown")).toEqual([]);
    const unknown: string[] = [];
    let come = 0;
    await looker.consume(to.name, (message) => {
      if (message === null) return;
      come++;
      if (!copies.isGivenUp(message)) unknown.push(message.content.toString());
    });
    await waitUntil("all have come", () => come === many.length);
    expect(unknown).toEqual([]);
    proxy.pass();
    await connections.close();
  });

  it("stays where its queue was deleted and no other is stored", async () => {
    const broker = await connected({ client, ...impatient });
    const errors: Error[] = [];
    const idle = await broker.subscribe(queue, {
      ...idleOptions,
      onError: (error) => void errors.push(error),
    });
    await sender.send([{ queue, body: "1" }]);
    await untilDelivered(1);
    proxy.holdAnswers();
    await looker.deleteQueue(groupQueue(queue, "classic").name);
    await untilDelivered(1);
    proxy.swallow();
    await waitUntil("it is given up", () => errors.length > 0);
    await idle.close();
    expect(await sender.counts(queue)).toMatchObject({ waiting: 1 });
  });

  it("is not what is left of a message that is moved while its subscription closes", async () => {
    const broker = await connected({ client, ...patient, consumerTimeoutMs: 4_000 });
    const taker = await Taker.from(broker, queue, { ack: false });
    const untilHeld = (count: number) =>
      waitUntil(`${count} are held`, async () =>
        (await holdingQueues(server)).some(({ taken }) => taken === count),
      );
    await sender.send([{ queue, body: "moved" }]);
    await untilHeld(1);
    proxy.holdAnswers();
    await sender.send([{ queue, body: "moving" }]);
    // What was moved is moved once more meanwhile.
    await untilHeld(3);
    const closed = taker.close();
    await untilCopyWaits();
    proxy.pass();
    await closed;
    const heir = await Taker.from(sender, queue);
    await heir.untilTaken(["moved", "moving"]);
    await heir.close();
    expect(heir.bodies).toHaveLength(2);
  });

  it("is made of a message that was given back where its queue is deleted before it is there", async () => {
    const subscription = await sender.subscribe(queue, idleOptions);
    await sender.send([{ queue, body: "1" }]);
    const [delivery] = await subscription.receive(1, 50_000);
    if (delivery === undefined) throw new Error("nothing was taken");
    expect(await subscription.settle([{ delivery, kind: "release" }])).toEqual(["settled"]);
    // Giving back takes its time, unless more is asked for.
    await deleteQueue();
    expect(await subscription.receive(1, 50_000)).toMatchObject([{ body: "1" }]);
  });
});
