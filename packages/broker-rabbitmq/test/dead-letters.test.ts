import { randomUUID } from "node:crypto";
import { describeWithServer, waitUntil } from "@ytask-internal/test-servers";
import { connect } from "amqplib";
import { describe, expect, inject, it } from "vitest";
import type { QueueType } from "../src/index.js";
import { deadQueue, type QueueSpec } from "../src/names.js";
import { closeBrokersAfterEach, connected } from "./support/brokers.js";
import { bury } from "./support/bury.js";
import { deleteQueues } from "./support/delete-queues.js";
import { newQueue } from "./support/taker.js";

const types: readonly QueueType[] = ["classic", "quorum"];
const count = 1_000;
const bodies = Array.from({ length: count }, (_, index) => `${index}`);

describe.each(types)("a thousand dead letters of a %s queue", (queueType) => {
  describeWithServer("rabbitmq", "which were listed", () => {
    closeBrokersAfterEach();

    const buried = async () => {
      const url = inject("amqpUrl");
      const queue = newQueue();
      const broker = await connected({ url, queueType });
      await bury(broker, queue, bodies);
      return { url, queue, broker };
    };
    const untilRead = async (url: string, queue: string) => {
      const looker = await connected({ url, queueType });
      await waitUntil("they are read", async () => Number((await looker.counts(queue)).dead) < count);
    };

    it("are all there again for whoever looks next", async () => {
      const { url, queue, broker } = await buried();
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
      const { url, queue, broker } = await buried();
      const listing = broker.deadLetters(queue).list({ limit: count });
      await untilRead(url, queue);
      const counting = broker.counts(queue);
      const purging = broker.deadLetters(queue).purge();
      expect(await listing).toHaveLength(count);
      expect(await counting).toMatchObject({ dead: count });
      expect(await purging).toBe(count);
      expect(await broker.counts(queue)).toMatchObject({ dead: 0 });
      await deleteQueues(url, [queue]);
    });

    it("may be taken by somebody else when they are given back", async () => {
      const { url, queue, broker } = await buried();
      const dead = broker.deadLetters(queue);
      const listing = dead.list({ limit: count });
      await untilRead(url, queue);
      const connection = await connect(url);
      const channel = await connection.createChannel();
      let taken = 0;
      await channel.consume(deadQueue(queue, queueType).name, () => void taken++);
      await listing;
      await waitUntil("they are all taken", () => taken === count);
      await connection.close();
      await waitUntil("they are all back", async () => (await broker.counts(queue)).dead === count);
      expect(await dead.list({ limit: count })).toHaveLength(count);
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

/** Puts dead letters into a queue, as this package does. */
async function fill(url: string, { name, arguments: given }: QueueSpec, many: number): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(name, { durable: true, arguments: given });
  for (let index = 0; index < many; index++)
    channel.sendToQueue(name, Buffer.from("{}"), {
      persistent: true,
      messageId: randomUUID(),
      headers: { "ytask-reason": "retriesExhausted", "ytask-at": 1_700_000_000_000 + index },
    });
  await channel.waitForConfirms();
  await connection.close();
}

describe.each(types)("a dead letter of a %s queue", (queueType) => {
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
      await bury(broker, queue, ["a body"], error);
      expect(await broker.deadLetters(queue).list()).toMatchObject([{ body: "a body", error: kept }]);
      await broker.send([{ queue, body: "goes on" }]);
      expect(await broker.counts(queue)).toMatchObject({ waiting: 1, dead: 1 });
      await deleteQueues(url, [queue]);
    });
  });
});
