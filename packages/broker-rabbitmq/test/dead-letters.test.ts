import { randomUUID } from "node:crypto";
import { ErrorCode } from "@ytask/core/driver";
import { describeWithServer, waitUntil } from "@ytask-internal/test-servers";
import { type ChannelModel, connect } from "amqplib";
import { describe, expect, inject, it } from "vitest";
import type { QueueType, RabbitMqBroker } from "../src/index.js";
import { deadQueue, groupQueue, type QueueSpec } from "../src/queues/names.js";
import { behindProxy } from "./support/behind-proxy.js";
import { closeBrokers, closeBrokersAfterEach, connected } from "./support/brokers.js";
import { deadLetterAll } from "./support/dead-letter-all.js";
import { deleteQueues } from "./support/delete-queues.js";
import { newQueue } from "./support/taker.js";

const types: readonly QueueType[] = ["classic", "quorum"];
const count = 1_000;
const bodies = Array.from({ length: count }, (_, index) => `${index}`);

describe.each(types)("a thousand dead letters of a %s queue", (queueType) => {
  describeWithServer("rabbitmq", "which were listed", () => {
    closeBrokersAfterEach();

    const withLetters = async () => {
      const url = inject("amqpUrl");
      const queue = newQueue();
      const broker = await connected({ url, queueType });
      await deadLetterAll(broker, queue, bodies);
      return { url, queue, broker };
    };
    /** Who reads them over a slow line, and has them for some tenths of a second. */
    const farAway = async () => {
      const { proxy, url } = await behindProxy(inject("amqpUrl"));
      const reader = await connected({ url, queueType });
      proxy.delay(50);
      return { proxy, reader };
    };
    const untilRead = async (broker: RabbitMqBroker, queue: string) =>
      waitUntil("they are read", async () => Number((await broker.counts(queue)).dead) < count);

    it("are all there again for whoever looks next", async () => {
      const { url, queue, broker } = await withLetters();
      const dead = broker.deadLetters(queue);
      for (let round = 0; round < 2; round++) {
        expect((await dead.list({ limit: count })).map(({ body }) => body)).toEqual(bodies);
        expect(await broker.counts(queue)).toMatchObject({ dead: count });
      }
      const ids = (await dead.list({ limit: count })).map(({ id }) => id);
      expect(await dead.redrive(ids.slice(0, count / 2))).toBe(count / 2);
      expect(await broker.counts(queue)).toMatchObject({ waiting: count / 2, dead: count / 2 });
      await dead.list({ limit: count });
      expect(await dead.redrive()).toBe(count / 2);
      expect(await broker.counts(queue)).toMatchObject({ waiting: count, dead: 0 });
      await deleteQueues(url, [queue]);
    });

    it("are counted and purged when those who read them have ended", async () => {
      const { url, queue, broker } = await withLetters();
      const { proxy, reader } = await farAway();
      const listing = reader.deadLetters(queue).list({ limit: count });
      await untilRead(broker, queue);
      const counting = reader.counts(queue);
      const purging = reader.deadLetters(queue).purge();
      expect(await listing).toHaveLength(count);
      expect(await counting).toMatchObject({ dead: count });
      expect(await purging).toBe(count);
      expect(await broker.counts(queue)).toMatchObject({ dead: 0 });
      await closeBrokers();
      await proxy.close();
      await deleteQueues(url, [queue]);
    });

    it("may be taken by somebody else when they are given back", async () => {
      const { url, queue, broker } = await withLetters();
      const { proxy, reader } = await farAway();
      const dead = reader.deadLetters(queue);
      const listing = dead.list({ limit: count });
      await untilRead(broker, queue);
      const connection = await connect(url);
      const channel = await connection.createChannel();
      let taken = 0;
      await channel.consume(deadQueue(queue, queueType).name, () => void taken++);
      await listing;
      await waitUntil("they are all taken", () => taken === count);
      await connection.close();
      await waitUntil("they are all back", async () => (await broker.counts(queue)).dead === count);
      expect(await dead.list({ limit: count })).toHaveLength(count);
      await closeBrokers();
      await proxy.close();
      await deleteQueues(url, [queue]);
    });
  });
});

describeWithServer(
  "rabbitmq",
  "three thousand dead letters of a quorum queue, all of which were listed",
  () => {
    closeBrokersAfterEach();

    it("are not all taken to show one of them", async () => {
      const url = inject("amqpUrl");
      const queue = newQueue();
      const [broker, looker] = [
        await connected({ url, queueType: "quorum" }),
        await connected({ url, queueType: "quorum" }),
      ];
      const many = 3_000;
      await fill(url, deadQueue(queue, "quorum"), many);
      const dead = broker.deadLetters(queue);
      expect(await dead.list({ limit: many })).toHaveLength(many);
      await waitUntil("all are back", async () => (await looker.counts(queue)).dead === many);
      let isOver = false;
      const listing = dead.list({ limit: 1 }).finally(() => {
        isOver = true;
      });
      let fewest = many;
      while (!isOver) fewest = Math.min(fewest, Number((await looker.counts(queue)).dead));
      expect(await listing).toHaveLength(1);
      expect(fewest).toBeGreaterThan(500);
      await waitUntil("all are back", async () => (await looker.counts(queue)).dead === many);
      expect(await dead.redrive([randomUUID()])).toBe(0);
      expect(new Set((await dead.list({ limit: many })).map(({ id }) => id)).size).toBe(many);
      await deleteQueues(url, [queue]);
    });
  },
);

describe.each(types)("two thousand dead letters of a %s queue, all of which were listed", (queueType) => {
  describeWithServer("rabbitmq", "and some are sent again", () => {
    closeBrokersAfterEach();
    const many = 2_000;

    /** A broker whose connection counts what is taken, given back and removed. */
    const counted = async () => {
      const client = await connect(inject("amqpUrl"));
      let commands = 0;
      const createChannel = client.createChannel.bind(client);
      client.createChannel = async () => {
        const channel = await createChannel();
        for (const name of ["consume", "get", "ack", "nack"] as const) {
          const command: (...given: never[]) => unknown = channel[name].bind(channel);
          Object.assign(channel, {
            [name]: (...given: never[]) => {
              commands++;
              return command(...given);
            },
          });
        }
        return channel;
      };
      return {
        client,
        broker: await connected({ client, queueType, commandTimeoutMs: 50_000 }),
        commands: () => commands,
      };
    };

    /** The ids in the order in which the server has them. */
    const idsIn = async (client: ChannelModel, { name }: QueueSpec, left: number) => {
      const ids: unknown[] = [];
      const channel = await client.createChannel();
      await channel.consume(name, (message) => void ids.push(message?.properties.messageId));
      await waitUntil("all are taken", () => ids.length === left);
      await channel.close();
      return ids;
    };

    it("need few commands, and leave the others in their order", async () => {
      const url = inject("amqpUrl");
      const queue = newQueue();
      const spec = deadQueue(queue, queueType);
      const { client, broker, commands } = await counted();
      const ids = await fill(url, spec, many);
      const dead = broker.deadLetters(queue);
      expect((await dead.list({ limit: many })).map(({ id }) => id)).toEqual(ids);
      const page = await dead.list({ limit: 500 });
      expect(page.map(({ id }) => id)).toEqual(ids.slice(0, 500));
      expect(await dead.redrive(ids.slice(0, 500))).toBe(500);
      // One for each letter would be more than four thousand.
      expect(commands()).toBeLessThan(1_500);
      expect(await broker.counts(queue)).toMatchObject({ waiting: 500, dead: 1_500 });
      const every = ids.slice(500).filter((_, index) => index % 2 === 0);
      expect(await dead.redrive(every)).toBe(750);
      expect(await broker.counts(queue)).toMatchObject({ waiting: 1_250, dead: 750 });
      expect(await idsIn(client, spec, 750)).toEqual(ids.slice(500).filter((_, index) => index % 2 === 1));
      await closeBrokers();
      await client.close();
      await deleteQueues(url, [queue]);
    });

    it("are in order again where those in front were not the oldest", async () => {
      const url = inject("amqpUrl");
      const queue = newQueue();
      const spec = deadQueue(queue, queueType);
      const { client, broker } = await counted();
      const ids = await fill(url, spec, many);
      const channel = await client.createChannel();
      // What is given back goes behind the others, where they were given back before.
      await broker.deadLetters(queue).list({ limit: many });
      await channel.prefetch(300);
      let taken = 0;
      await channel.consume(spec.name, () => void taken++);
      await waitUntil("some are taken", () => taken === 300);
      await channel.close();
      await waitUntil("all are back", async () => (await broker.counts(queue)).dead === many);
      expect((await broker.deadLetters(queue).list({ limit: many })).map(({ id }) => id)).toEqual(ids);
      expect(await idsIn(client, spec, many)).toEqual(ids);
      await closeBrokers();
      await client.close();
      await deleteQueues(url, [queue]);
    });
  });
});

/** Puts dead letters into a queue, as this package does. Resolves to their ids. */
async function fill(
  url: string,
  { name, arguments: given }: QueueSpec,
  many: number,
): Promise<readonly string[]> {
  const ids = Array.from({ length: many }, () => randomUUID());
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(name, { durable: true, arguments: given });
  for (const [index, messageId] of ids.entries())
    channel.sendToQueue(name, Buffer.from("{}"), {
      persistent: true,
      messageId,
      headers: { "ytask-reason": "retriesExhausted", "ytask-at": 1_700_000_000_000 + index },
    });
  await channel.waitForConfirms();
  await connection.close();
  return ids;
}

describe.each(types)("large dead letters of a %s queue", (queueType) => {
  describeWithServer("rabbitmq", "over a slow line", () => {
    closeBrokersAfterEach();

    it("are listed though all of them take longer than the server may take to answer", async () => {
      const queue = newQueue();
      const large = Array.from({ length: 6 }, (_, index) => `${index}`.repeat(600_000));
      await deadLetterAll(await connected({ url: inject("amqpUrl"), queueType }), queue, large);
      const { proxy, url } = await behindProxy(inject("amqpUrl"));
      const reader = await connected({ url, queueType, commandTimeoutMs: 4_000 });
      proxy.throttle(400_000);
      const letters = await reader.deadLetters(queue).list();
      expect(letters.map(({ body }) => body[0])).toEqual(large.map(([digit]) => digit));
      proxy.pass();
      await closeBrokers();
      await proxy.close();
      await deleteQueues(inject("amqpUrl"), [queue]);
    });
  });
});

describe.each(types)("large dead letters of a %s queue, over a slow line,", (queueType) => {
  describeWithServer("rabbitmq", "which together take longer than a confirm may", () => {
    closeBrokersAfterEach();

    it("are each sent again once", async () => {
      const queue = newQueue();
      const large = Array.from({ length: 8 }, (_, index) => `${index}`.repeat(400_000));
      const near = await connected({ url: inject("amqpUrl"), queueType });
      await deadLetterAll(near, queue, large);
      const { proxy, url } = await behindProxy(inject("amqpUrl"));
      const far = await connected({ url, queueType, commandTimeoutMs: 4_000 });
      proxy.throttle(500_000);
      expect(await far.deadLetters(queue).redrive()).toBe(8);
      expect(await near.counts(queue)).toMatchObject({ waiting: 8, dead: 0 });
      proxy.pass();
      await closeBrokers();
      await proxy.close();
      await deleteQueues(inject("amqpUrl"), [queue]);
    });
  });
});

describe.each(types)("a dead letter of a %s queue", (queueType) => {
  describeWithServer("rabbitmq", "that is sent again", () => {
    closeBrokersAfterEach();

    it("stays where it cannot be removed any more, and the error says why", async () => {
      const url = inject("amqpUrl");
      const queue = newQueue();
      const other = await connected({ url, queueType });
      await deadLetterAll(other, queue, ["a body"]);
      const far = await behindProxy(url);
      const publish = await connect(far.url);
      const consume = await connect(url);
      const broker = await connected({ client: { publish, consume }, queueType, commandTimeoutMs: 50_000 });
      far.proxy.holdAnswers();
      const redriving = broker.deadLetters(queue).redrive();
      const rejected = expect(redriving).rejects.toMatchObject({ code: ErrorCode.Connection });
      await waitUntil("its copy waits", async () => (await other.counts(queue)).waiting === 1);
      await consume.close();
      far.proxy.pass();
      await rejected;
      await waitUntil("it is back", async () => (await other.counts(queue)).dead === 1);
      await closeBrokers();
      await publish.close();
      await far.proxy.close();
      await deleteQueues(url, [queue]);
    });
  });

  describeWithServer("rabbitmq", "whose body is no text", () => {
    closeBrokersAfterEach();

    it("is sent again as it was", async () => {
      const url = inject("amqpUrl");
      const queue = newQueue();
      const broker = await connected({ url, queueType });
      await deadLetterAll(broker, queue, ["declares both queues"]);
      await broker.deadLetters(queue).purge();
      const connection = await connect(url);
      const channel = await connection.createConfirmChannel();
      const bytes = Buffer.from([0x1f, 0x8b, 0xff, 0xfe]);
      const bodies = [Buffer.alloc(0), bytes];
      for (const body of bodies) channel.sendToQueue(deadQueue(queue, queueType).name, body);
      await channel.waitForConfirms();
      expect(await broker.deadLetters(queue).redrive()).toBe(2);
      const { name } = groupQueue(queue, queueType);
      const sent = [await channel.get(name, { noAck: true }), await channel.get(name, { noAck: true })];
      expect(sent.map((message) => (message === false ? undefined : message.content))).toEqual(bodies);
      await connection.close();
      await deleteQueues(url, [queue]);
    });
  });

  describeWithServer("rabbitmq", "with a long error text", () => {
    closeBrokersAfterEach();

    it.each([
      ["of error …", "error".repeat(10_000), `${"error".repeat(598)}e… (cut)`],
      ["of 错误 …", "错误".repeat(10_000), `${"错误".repeat(498)}错… (cut)`],
      ["of x🚀 …", "x🚀".repeat(10_000), `${"x🚀".repeat(598)}x… (cut)`],
      ["of xx🚀 …", "xx🚀".repeat(10_000), `${"xx🚀".repeat(498)}xx… (cut)`],
      ["that is one byte too long", `é${"e".repeat(2_999)}`, `é${"e".repeat(2_989)}… (cut)`],
      ["that just fits", `é${"e".repeat(2_998)}`, `é${"e".repeat(2_998)}`],
    ])("%s keeps whole characters that fit a small frame", async (_, error, kept) => {
      const url = inject("amqpUrl");
      const queue = newQueue();
      const broker = await connected({ url: `${url}?frameMax=8192`, queueType });
      await deadLetterAll(broker, queue, ["a body"], error);
      expect(await broker.deadLetters(queue).list()).toMatchObject([{ body: "a body", error: kept }]);
      await broker.send([{ queue, body: "goes on" }]);
      expect(await broker.counts(queue)).toMatchObject({ waiting: 1, dead: 1 });
      await deleteQueues(url, [queue]);
    });
  });
});
