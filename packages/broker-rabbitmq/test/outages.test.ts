import { setTimeout as sleep } from "node:timers/promises";
import {
  describeWithOwnServer,
  type RabbitMqServer,
  startProxy,
  startRabbitMq,
  waitUntil,
} from "@ytask-internal/test-servers";
import { connect } from "amqplib";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { QueueType, RabbitMqBroker } from "../src/index.js";
import { groupQueue, type QueueSpec } from "../src/queues/names.js";
import { closeBrokersAfterEach, connected } from "./support/brokers.js";
import { deleteQueues } from "./support/delete-queues.js";
import { rounds } from "./support/full.js";
import { allQueues } from "./support/queue-looks.js";
import { retrying } from "./support/retrying.js";
import { newQueue, Taker } from "./support/taker.js";
import { Traffic } from "./support/traffic.js";
import { untilAccepted } from "./support/until-accepted.js";

const types: readonly QueueType[] = ["classic", "quorum"];
/** How long a test of so many rounds may take, in milliseconds. */
const boundOf = (count: number): number => 60_000 + count * 30_000;
/** Prints how long after a fault work went on. */
const printResumed = (sinceMs: number): void =>
  console.log(`goes on after ${Math.round(performance.now() - sinceMs)} ms; wanted: 10,000`);

describeWithOwnServer("rabbitmq", "RabbitMqBroker through outages", () => {
  closeBrokersAfterEach();
  let server: RabbitMqServer;
  beforeAll(async () => {
    // As docs/operations.md advises; by default what falls due while RabbitMQ starts may be three minutes late.
    server = await startRabbitMq({ deadLetterRetryMs: 5_000 });
  });
  afterAll(() => server.stop());

  /**
   * Uses every level that the traffic uses, and waits: where RabbitMQ 3.10 is killed within about half a second of the
   * first declaration of a quorum queue, that queue never gets a leader again. Nothing tells when that time is over.
   */
  async function settledLevels(broker: RabbitMqBroker, queue: string): Promise<void> {
    for (let delayMs = 16; delayMs <= 1_024; delayMs *= 2)
      await broker.send([{ queue, body: `-${delayMs}1`, delayMs }]);
    await sleep(2_000);
  }

  const allDone = (accepted: Set<string>, done: Set<string>) =>
    waitUntil("every accepted message is done", () => [...accepted].every((body) => done.has(body)));

  /** What was sent after the outage is taken: the subscription works again. */
  const resumes = async (broker: RabbitMqBroker, queue: string, taken: { has(body: string): boolean }) => {
    const backAt = performance.now();
    const body = `${Math.floor(Math.random() * 1e9) * 10 + 1}`;
    await untilAccepted(broker, { queue, body });
    await waitUntil("it is taken", () => taken.has(body));
    printResumed(backAt);
  };

  /** Sends all the while, lets a fault happen, and waits until work goes on and all that was accepted is done. */
  async function losesNothing(
    broker: RabbitMqBroker,
    queue: string,
    done: Set<string>,
    round: number,
    fault: (traffic: Traffic) => Promise<unknown>,
  ): Promise<void> {
    // Each round has bodies of its own, so that none is held for done since an earlier round's was.
    const traffic = new Traffic(broker, queue, round * 1_000_000);
    await waitUntil("some are accepted", () => traffic.accepted.size > 300);
    await fault(traffic);
    await resumes(broker, queue, done);
    await traffic.stop();
    await allDone(traffic.accepted, done);
  }

  /** Deletes the queue under a server that holds two messages, which it then acks and gives back. */
  async function survivesDeletion(broker: RabbitMqBroker, queue: string, round: number): Promise<void> {
    const after = `after ${round}`;
    const taker = await Taker.from(broker, queue, { ack: false, maxUnsettled: 4 });
    await broker.send(["1", "2"].map((body) => ({ queue, body })));
    await taker.untilTaken(["1", "2"]);
    await deleteQueues(server.url, [queue]);
    const deletedAt = performance.now();
    await waitUntil("a send is taken", async () => {
      await broker.send([{ queue, body: after }]);
      return taker.bodies.includes(after);
    });
    printResumed(deletedAt);
    const [first, second] = taker.deliveries;
    if (first === undefined || second === undefined) throw new Error("nothing was taken");
    const outcomes = await taker.subscription.settle([
      { delivery: first, kind: "ack" },
      { delivery: second, kind: "release" },
    ]);
    expect(outcomes).toEqual(["settled", "settled"]);
    await taker.close();
    const other = await Taker.from(broker, queue);
    await other.untilTaken(["2", after]);
    expect(other.bodies).not.toContain("1");
    await other.close();
  }

  /** Deletes a queue, and declares it in the same moment: before RabbitMQ has told its consumers. */
  async function declareAgain(spec: QueueSpec) {
    const connection = await connect(server.url);
    const channel = await connection.createChannel();
    const deleted = channel.deleteQueue(spec.name);
    await channel.assertQueue(spec.name, { durable: true, arguments: spec.arguments });
    await deleted;
    return { connection, channel };
  }

  for (const queueType of types) {
    const count = rounds(1);
    it(`lose nothing that was accepted with ${queueType} queues when the server is killed with -9, ${count} times in a row`, {
      timeout: boundOf(count),
    }, async () => {
      const queue = newQueue();
      const broker = await connected({ url: server.url, queueType });
      const worker = await retrying(broker, queue);
      await settledLevels(broker, queue);
      for (let round = 0; round < count; round++)
        await losesNothing(broker, queue, worker.done, round, async (traffic) => {
          await server.kill();
          await waitUntil("sends are refused", () => traffic.refused.size > 0);
          await server.start();
        });
      // What waits there for a queue that is deleted stays until that queue is declared again.
      await waitUntil("nothing is left in the levels of delays", async () => {
        const listed = await server.control("list_queues", "name", "messages", "--no-table-headers");
        return listed.split("\n").every((line) => !line.includes("Delay") || line.endsWith("\t0"));
      });
      await worker.stop();
      expect(await broker.deadLetters(queue).list()).toEqual([]);
      await deleteQueues(server.url, [queue]);
    });

    it(`lose nothing that was accepted with ${queueType} queues when all connections are closed, ${count} times in a row`, {
      timeout: boundOf(count),
    }, async () => {
      const queue = newQueue();
      const broker = await connected({ url: server.url, queueType });
      const worker = await retrying(broker, queue);
      for (let round = 0; round < count; round++)
        await losesNothing(broker, queue, worker.done, round, () =>
          server.control("close_all_connections", "test"),
        );
      await worker.stop();
      await deleteQueues(server.url, [queue]);
    });

    it(`lose nothing that was accepted with ${queueType} queues when the network swallows everything, ${count} times in a row`, {
      timeout: boundOf(count),
    }, async () => {
      const proxy = await startProxy(server.port);
      const queue = newQueue();
      const broker = await connected({ url: `amqp://guest:guest@127.0.0.1:${proxy.port}`, queueType });
      const worker = await retrying(broker, queue);
      for (let round = 0; round < count; round++)
        await losesNothing(broker, queue, worker.done, round, async (traffic) => {
          const refused = traffic.refused.size;
          proxy.swallow();
          // All of the senders, none of which has hung.
          await waitUntil("sends are refused", () => traffic.refused.size >= refused + 8);
          // As a network that comes back: where bytes are missing, a connection ends. One that only the server still
          // believes in would keep what it was given for three heartbeats.
          proxy.pass();
          proxy.cutAll();
        });
      await worker.stop();
      await proxy.close();
      await deleteQueues(server.url, [queue]);
    });
  }

  it("wait for a message that takes longer to come than the server may take to answer", async () => {
    const proxy = await startProxy(server.port);
    const queue = newQueue();
    const sender = await connected({ url: server.url });
    await sender.send([{ queue, body: "x".repeat(6_000_000) }]);
    const url = `amqp://guest:guest@127.0.0.1:${proxy.port}`;
    const broker = await connected({ url, commandTimeoutMs: 2_000 });
    // Six seconds: the watchdog would have ended the connection after three, again and again.
    proxy.throttle(1_000_000);
    const taker = await Taker.from(broker, queue);
    await waitUntil("it is taken", () => taker.deliveries.length > 0);
    expect(taker.deliveries).toMatchObject([{ redeliveries: 0 }]);
    expect(taker.errors).toEqual([]);
    await taker.close();
    await proxy.close();
    await deleteQueues(server.url, [queue]);
  });

  it("go on when the server closes all connections, and tell of each delivery that is lost", {
    timeout: boundOf(rounds(1)),
  }, async () => {
    const queue = newQueue();
    const broker = await connected({ url: server.url });
    const taker = await Taker.from(broker, queue, { ack: false, maxRedeliveries: 1_000 });
    await broker.send([{ queue, body: "held" }]);
    await taker.untilTaken(["held"]);
    for (let round = 0; round < rounds(1); round++) {
      await server.control("close_all_connections", "test");
      await waitUntil("the loss is reported", () => taker.lost.length > round);
      await waitUntil("it is delivered again", () => taker.deliveries.length > round + 1);
    }
    expect(taker.deliveries.at(-1)?.redeliveries).toBeGreaterThan(0);
    await taker.close();
    await deleteQueues(server.url, [queue]);
  });

  for (const queueType of types)
    it(`consume again from a ${queueType} queue that was deleted, with what they held`, {
      timeout: boundOf(rounds(1)),
    }, async () => {
      const queue = newQueue();
      const broker = await connected({ url: server.url, queueType });
      for (let round = 0; round < rounds(1); round++) await survivesDeletion(broker, queue, round);
      await deleteQueues(server.url, [queue]);
    });

  it("deliver what comes back to a classic queue in an alarm, and nothing twice where its copy is stored after it", async () => {
    const queue = newQueue();
    const broker = await connected({ url: server.url, commandTimeoutMs: 1_000 });
    const redelivered = ["1", "2", "3", "4", "5", "6"];
    const other = await Taker.from(broker, queue, { ack: false, maxUnsettled: redelivered.length });
    await broker.send(redelivered.map((body) => ({ queue, body })));
    await other.untilTaken(redelivered);
    // Another connection, which the alarm does not hold up: what it took comes back when it ends.
    const ours = await connected({ url: server.url, commandTimeoutMs: 1_000 });
    const taker = await Taker.from(ours, queue, { ack: false, maxUnsettled: 4 });
    await broker.send([{ queue, body: "runs" }]);
    await taker.untilTaken(["runs"]);
    await server.control("set_vm_memory_high_watermark", "0.0001");
    await other.close();
    await waitUntil("all that came back are taken in the alarm", async () => {
      const back = taker.deliveries.filter(({ body }) => body !== "runs");
      await taker.subscription.settle(back.map((delivery) => ({ delivery, kind: "ack" })));
      return back.length === redelivered.length;
    });
    expect(taker.deliveries.map(({ redeliveries }) => redeliveries)).toEqual([0, 1, 1, 1, 1, 1, 1]);
    // One copy went on its way before the alarm was known.
    expect(taker.errors.map(({ message }) => message)).toEqual([expect.stringContaining("a second time")]);
    await server.control("set_vm_memory_high_watermark", "0.6");
    // It comes after the copy.
    await untilAccepted(ours, { queue, body: "after" });
    await taker.untilTaken(["after"]);
    await waitUntil("only those are left that run", async () =>
      (await allQueues(server)).some(
        ({ name, messages }) => name === groupQueue(queue, "classic").name && messages === 2,
      ),
    );
    expect(taker.bodies.toSorted()).toEqual([...redelivered, "after", "runs"]);
    expect(taker.lost).toEqual([]);
    await taker.close();
    await deleteQueues(server.url, [queue]);
  });

  it("take again from a quorum queue that was declared again in the same moment, and has other consumers", async () => {
    const queue = newQueue();
    const spec = groupQueue(queue, "quorum");
    const broker = await connected({ url: server.url, queueType: "quorum" });
    const taker = await Taker.from(broker, queue, { ack: false, maxUnsettled: 3 });
    await broker.send([{ queue, body: "runs" }]);
    await taker.untilTaken(["runs"]);
    const { connection, channel } = await declareAgain(spec);
    // It takes one, and so the queue has a consumer.
    await channel.prefetch(1);
    await channel.consume(spec.name, () => undefined);
    const bodies = Array.from({ length: 6 }, (_, index) => `${index}`);
    for (const body of bodies) await broker.send([{ queue, body }]);
    await waitUntil("the others are taken", async () => {
      const [first, ...others] = taker.deliveries;
      await taker.subscription.settle(others.map((delivery) => ({ delivery, kind: "ack" })));
      return first !== undefined && bodies.filter((body) => !taker.bodies.includes(body)).length <= 1;
    });
    expect(taker.lost).toEqual([]);
    const [runs] = taker.deliveries;
    if (runs === undefined) throw new Error("nothing was taken");
    expect(await taker.subscription.settle([{ delivery: runs, kind: "ack" }])).toEqual(["settled"]);
    await connection.close();
    await taker.untilTaken(bodies);
    expect(taker.bodies.filter((body) => body === "runs")).toEqual(["runs"]);
    await taker.close();
    await deleteQueues(server.url, [queue]);
  });

  it("take what is sent to a quorum queue that was declared again in the same moment, be it less than is prefetched", async () => {
    const queue = newQueue();
    const spec = groupQueue(queue, "quorum");
    const broker = await connected({ url: server.url, queueType: "quorum" });
    const taker = await Taker.from(broker, queue, { maxUnsettled: 10 });
    await broker.send([{ queue, body: "before" }]);
    await taker.untilTaken(["before"]);
    await (await declareAgain(spec)).connection.close();
    const bodies = ["1", "2", "3"];
    for (const body of bodies) await broker.send([{ queue, body }]);
    await taker.untilTaken(bodies);
    expect(taker.lost).toEqual([]);
    await taker.close();
    await waitUntil("nothing is left", async () => (await broker.counts(queue)).waiting === 0);
    await deleteQueues(server.url, [queue]);
  });

  it.each([
    {
      alarm: "memory",
      on: ["set_vm_memory_high_watermark", "0.0001"],
      off: ["set_vm_memory_high_watermark", "0.6"],
    },
    { alarm: "disk", on: ["set_disk_free_limit", "1000000GB"], off: ["set_disk_free_limit", "1MB"] },
  ])(
    "refuse sends with a clear error in a $alarm alarm, settle meanwhile, and resume after it",
    async ({ on, off }) => {
      const queue = newQueue();
      const broker = await connected({ url: server.url, commandTimeoutMs: 2_000 });
      const taker = await Taker.from(broker, queue, { ack: false });
      await broker.send([{ queue, body: "running" }]);
      await taker.untilTaken(["running"]);
      await server.control(...on);
      await waitUntil("a send is refused for the alarm", () =>
        broker.send([{ queue, body: "in alarm" }]).then(
          () => false,
          (error: unknown) => String(error).includes("alarm"),
        ),
      );
      const refusal = broker.send([{ queue, body: "in alarm" }]);
      await expect(refusal).rejects.toMatchObject({ notStored: [0], cause: { code: 108 } });
      const [running] = taker.deliveries;
      if (running === undefined) throw new Error("nothing was taken");
      expect(await taker.subscription.settle([{ delivery: running, kind: "ack" }])).toEqual(["settled"]);
      await server.control(...off);
      await untilAccepted(broker, { queue, body: "after" });
      await taker.untilTaken(["after"]);
      await taker.close();
      await deleteQueues(server.url, [queue]);
    },
  );
});
