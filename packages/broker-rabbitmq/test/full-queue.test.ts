import { once } from "node:events";
import { Server, withContext } from "@ytask/core";
import { SendFailed, silentLogger } from "@ytask/core/driver";
import {
  describeWithOwnServer,
  type RabbitMqServer,
  startRabbitMq,
  waitUntil,
} from "@ytask-internal/test-servers";
import { connect } from "amqplib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type QueueType, RabbitMqBroker } from "../src/index.js";
import { groupQueue } from "../src/queues/names.js";
import { dueQueue, overflowQueue } from "../src/queues/queues-beside.js";
import { closeBrokersAfterEach, connected } from "./support/brokers.js";
import { deleteQueues } from "./support/delete-queues.js";
import { holdingQueues } from "./support/queue-looks.js";
import { newQueue, Taker } from "./support/taker.js";
import { untilAccepted } from "./support/until-accepted.js";

const types: readonly QueueType[] = ["classic", "quorum"];

describeWithOwnServer("rabbitmq", "a queue that is full by a policy", () => {
  closeBrokersAfterEach();
  let server: RabbitMqServer;
  beforeAll(async () => {
    server = await startRabbitMq({ deadLetterRetryMs: 1_000 });
    const policy = JSON.stringify({ "max-length": 5, overflow: "reject-publish" });
    await server.control("set_policy", "full", "^YTask:Queue:", policy, "--apply-to", "queues");
  });
  afterAll(() => server.stop());

  /** Sends until the queue refuses; resolves to the bodies that it took. */
  async function fill(broker: RabbitMqBroker, queue: string): Promise<readonly string[]> {
    const taken: string[] = [];
    for (;;) {
      const body = `${taken.length}`;
      try {
        await broker.send([{ queue, body }]);
        taken.push(body);
      } catch (error) {
        if (!SendFailed.isInstance(error)) throw error;
        expect(error.notStored).toEqual([0]);
        return taken;
      }
    }
  }

  it("is drained by servers of a classic queue to which messages come back", async () => {
    const queue = newQueue();
    const sender = await connected({ url: server.url });
    const other = await Taker.from(await connected({ url: server.url }), queue, {
      ack: false,
      maxUnsettled: 5,
    });
    const first = ["a", "b", "c", "d", "e"];
    await sender.send(first.map((body) => ({ queue, body })));
    await other.untilTaken(first);
    const waiting = await fill(sender, queue);
    // What the other held comes back, flagged, to the head of a queue that has no room for a copy of it.
    await other.close();
    const taker = await Taker.from(await connected({ url: server.url }), queue, { maxUnsettled: 3 });
    await taker.untilTaken([...first, ...waiting]);
    expect(taker.bodies.toSorted()).toEqual([...first, ...waiting].toSorted());
    await taker.close();
    await deleteQueues(server.url, [queue]);
  });

  for (const queueType of types)
    it(`is drained by servers of a ${queueType} queue whose tasks are all retried at once`, {
      timeout: 120_000,
    }, async () => {
      const queue = newQueue();
      const group = queue.replace("YTask:Queue:", "");
      const concurrency = 3;
      const broker = new RabbitMqBroker({ url: server.url, queueType });
      const worker = new Server({ broker, logger: silentLogger });
      const done = new Set<number>();
      const runs: number[] = [];
      let open = () => {};
      const gate = new Promise<void>((resolve) => {
        open = resolve;
      });
      const fail = withContext(async ({ signal }, number: number) => {
        runs.push(number);
        await Promise.race([gate, once(signal, "abort")]);
        if (runs.filter((run) => run === number).length === 1) throw new Error("once more");
        done.add(number);
      });
      worker.add(group, "fail", fail, { retryCount: 1, backoff: false });
      await worker.run(group, { concurrency });
      const client = worker.client();
      let sent = 0;
      for (;;) {
        // Full is what it stays only once all slots are taken.
        const areSlotsTaken = runs.length === concurrency;
        const isTaken = await client.send(group, "fail", [sent]).then(
          () => true,
          () => false,
        );
        if (isTaken) sent++;
        else if (areSlotsTaken) break;
      }
      open();
      await waitUntil("all are done", () => done.size === sent, { timeoutMs: 100_000 });
      expect(runs.length).toBe(2 * sent);
      await worker.shutdown();
      await client.close();
      await deleteQueues(server.url, [queue]);
    });

  it("takes what it has room for of long tasks at a close, and none of those twice", async () => {
    const queue = newQueue();
    const sender = await connected({ url: server.url });
    const broker = await connected({ url: server.url, consumerTimeoutMs: 4_000 });
    const taker = await Taker.from(broker, queue, { ack: false });
    const bodies = ["1", "2", "3", "4", "5", "6", "7"];
    for (const body of bodies) await untilAccepted(sender, { queue, body });
    await taker.untilTaken(bodies);
    const held = async () => (await holdingQueues(server)).find(({ messages }) => messages > 0);
    await waitUntil("all are moved", async () => (await held())?.taken === bodies.length);
    // A queue of other arguments, so that the rest is refused there too.
    const connection = await connect(server.url);
    const channel = await connection.createChannel();
    await channel.assertQueue(overflowQueue(groupQueue(queue, "classic")).name);
    await connection.close();
    await taker.close();
    const { waiting } = await sender.counts(queue);
    expect(waiting).toBeLessThan(bodies.length);
    await waitUntil(
      "the others wait where they were",
      async () => (await held())?.messages === bodies.length - Number(waiting),
    );
    await deleteQueues(server.url, [queue]);
  });

  it("is drained by servers of two groups whose workflows lead into one another", {
    timeout: 120_000,
  }, async () => {
    const groups = [newQueue(), newQueue()].map((queue) => queue.replace("YTask:Queue:", ""));
    const worker = new Server({ broker: new RabbitMqBroker({ url: server.url }), logger: silentLogger });
    const client = worker.client();
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const running = new Map(groups.map((group) => [group, 0]));
    let steps = 0;
    for (const group of groups) {
      worker.add(group, "step", async () => {
        running.set(group, (running.get(group) ?? 0) + 1);
        await gate;
        steps++;
      });
      await worker.run(group, { concurrency: 2 });
    }
    let sent = 0;
    for (const [first = "", second = ""] of [groups, groups.toReversed()])
      for (;;) {
        const workflow = [
          { group: first, name: "step" },
          { group: second, name: "step" },
        ];
        const isTaken = await client.sendWorkflow(workflow as never).then(
          () => true,
          () => false,
        );
        // Full is what it stays only once all slots are taken.
        const areSlotsTaken = running.get(first) === 2;
        if (isTaken) sent++;
        else if (areSlotsTaken) break;
      }
    open();
    await waitUntil("all steps are done", () => steps === 2 * sent, { timeoutMs: 100_000 });
    await worker.shutdown();
    await client.close();
    await deleteQueues(
      server.url,
      groups.map((group) => `YTask:Queue:${group}`),
    );
  });

  it("does not hold up what is delayed for others", async () => {
    const [full, other] = [newQueue(), newQueue()];
    const broker = await connected({ url: server.url });
    await fill(broker, full);
    // More than a queue has on its way to others at a time.
    await broker.send(Array.from({ length: 40 }, () => ({ queue: full, body: "waits", delayMs: 100 })));
    const isDue = async () => {
      const { name } = dueQueue(groupQueue(full, "classic"));
      const counts = await server.control("list_queues", "name", "messages", "--no-table-headers");
      return counts.split("\n").includes(`${name}\t40`);
    };
    await waitUntil("they are due", isDue);
    const taker = await Taker.from(broker, other);
    const bodies = Array.from({ length: 40 }, (_, index) => `${index}`);
    await broker.send(bodies.map((body) => ({ queue: other, body, delayMs: 100 })));
    await taker.untilTaken(bodies);
    await taker.close();
    await deleteQueues(server.url, [full, other]);
  });

  it("of dead letters keeps no task in its slot, and takes the others when there is room", async () => {
    const queue = newQueue();
    const broker = await connected({ url: server.url });
    const taker = await Taker.from(broker, queue, { ack: false });
    const bodies = ["1", "2", "3", "4", "5", "6", "7", "8"];
    for (const body of bodies) await untilAccepted(broker, { queue, body });
    await taker.untilTaken(bodies);
    for (const delivery of taker.deliveries)
      expect(
        await taker.subscription.settle([{ delivery, kind: "deadLetter", reason: "permanentFailure" }]),
      ).toEqual(["settled"]);
    await broker.deadLetters(queue).purge();
    await waitUntil("the others are there", async () => (await broker.counts(queue)).dead === 3);
    await taker.close();
    await deleteQueues(server.url, [queue]);
  });
});
