import { randomUUID } from "node:crypto";
import { Client, Server } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import { queueKey } from "@ytask/core/wire";
import { describeWithServer, waitUntil } from "@ytask-internal/test-servers";
import { type ChannelModel, type ConfirmChannel, connect, type Options } from "amqplib";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { RabbitMqBroker } from "../src/index.js";
import type { QueueType } from "../src/options.js";
import { deadQueue, groupQueue } from "../src/queues/names.js";
import { deleteQueues } from "./support/delete-queues.js";
import { isFull } from "./support/full.js";

const timeoutMs = isFull ? 1_800_000 : 60_000;

/** What AMQP can carry as a header's value. */
const { value: anyHeader } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.integer(),
    fc.maxSafeInteger().map((value) => ({ "!": "long", value })),
    // Named as a double: amqplib takes a large one for an integer, and refuses it. RabbitMQ closes the connection of
    // who sends it an infinite one, or NaN.
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ({ "!": "double", value })),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.record({ inside: tie("value") }),
  ),
}));

const names = [
  ...["ytask-reason", "ytask-error", "ytask-at", "ytask-order", "ytask-redeliveries"],
  ...["x-delivery-count", "x-first-death-queue", "other"],
];

const anyProperties: fc.Arbitrary<Options.Publish> = fc.record(
  {
    headers: fc.dictionary(fc.constantFrom(...names), anyHeader, { noNullPrototype: true }),
    messageId: fc.string({ maxLength: 10 }),
    priority: fc.integer({ min: 0, max: 255 }),
    contentType: fc.string({ maxLength: 10 }),
    contentEncoding: fc.constantFrom("gzip", "utf-8", ""),
    timestamp: fc.nat(),
  },
  { requiredKeys: [] },
);

/** Bodies that are no message: bytes that may be no text, JSON, and nothing. */
const anyBody = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((text) => Buffer.from(text)),
);

const messages = fc.array(fc.tuple(anyBody, anyProperties), { minLength: 1, maxLength: 10 });

/** Cases that were found, and mended: letters without an id, with one for two, and with a time that is none. */
const found: [[Buffer, Options.Publish][]][] = [
  [[Buffer.from("[]"), Buffer.from("{}"), Buffer.from("[]")].map((body) => [body, {}])],
  [[Buffer.from("1"), Buffer.from("2")].map((body) => [body, { messageId: "same" }])],
  [[[Buffer.from("[]"), { headers: { "ytask-at": { "!": "double", value: 1e300 } } }]]],
];

describeWithServer("rabbitmq", "what somebody else put into RabbitMQ", () => {
  let connection: ChannelModel;
  let channel: ConfirmChannel;
  beforeAll(async () => {
    connection = await connect(inject("amqpUrl"));
    channel = await connection.createConfirmChannel();
  });
  afterAll(() => connection?.close());

  const put = async (
    { name, arguments: given }: ReturnType<typeof groupQueue>,
    all: readonly (readonly [Buffer, Options.Publish])[],
  ) => {
    await channel.assertQueue(name, { durable: true, arguments: given });
    for (const [body, properties] of all) channel.sendToQueue(name, body, properties);
    await channel.waitForConfirms();
  };
  const options = (queueType: QueueType) => ({
    broker: new RabbitMqBroker({ url: inject("amqpUrl"), queueType }),
    logger: silentLogger,
  });

  it.each([["classic"], ["quorum"]] as const)(
    "becomes dead letters where it is no message, whatever its headers are, and work goes on: %s queue",
    async (queueType) => {
      const group = `fuzz-${randomUUID()}`;
      await using server = new Server(options(queueType));
      await using client = new Client(options(queueType));
      const box = client.deadLetters(group);
      let ran = 0;
      server.add(group, "note", () => void ran++);
      await server.run(group, { concurrency: 5 });
      const property = fc.asyncProperty(messages, async (all) => {
        ran = 0;
        await put(groupQueue(queueKey(group), queueType), all);
        await client.send(group, "note", []);
        await waitUntil("the good task has run", () => ran === 1, { timeoutMs: 10_000 });
        await waitUntil("all else is dead", async () => (await box.list()).length === all.length, {
          timeoutMs: 10_000,
        });
        for (const letter of await box.list()) expect(letter.reason).toBe("malformed");
        await box.purge();
      });
      await fc.assert(property, { numRuns: isFull ? 500 : 10 });
      await server.shutdown();
      await deleteQueues(inject("amqpUrl"), [queueKey(group)]);
    },
    timeoutMs,
  );

  it.each([["classic"], ["quorum"]] as const)(
    "is listed and sent again as a dead letter, whatever its headers are: %s queue",
    async (queueType) => {
      const group = `fuzz-${randomUUID()}`;
      const queue = groupQueue(queueKey(group), queueType);
      await using client = new Client(options(queueType));
      const box = client.deadLetters(group);
      const property = fc.asyncProperty(messages, async (all) => {
        await put(deadQueue(queueKey(group), queueType), all);
        const letters = await box.list();
        expect(letters.map(({ body }) => body).sort()).toEqual(all.map(([body]) => body.toString()).sort());
        for (const { at } of letters) expect(Number.isNaN(at.getTime())).toBe(false);
        expect(await box.redrive()).toBe(all.length);
        expect(await box.list()).toEqual([]);
        expect((await channel.purgeQueue(queue.name)).messageCount).toBe(all.length);
      });
      await fc.assert(property, { numRuns: isFull ? 500 : 20, examples: found });
      await deleteQueues(inject("amqpUrl"), [queueKey(group)]);
    },
    timeoutMs,
  );
});
