import { describeWithServer, waitUntil } from "@ytask-internal/test-servers";
import { connect } from "amqplib";
import { describe, expect, inject, it } from "vitest";
import type { QueueType } from "../src/index.js";
import { deadQueue } from "../src/names.js";
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

describe.each(types)("a dead letter of a %s queue", (queueType) => {
  describeWithServer("rabbitmq", "with a long error text", () => {
    closeBrokersAfterEach();

    it.each([
      ["error", "error".repeat(600)],
      ["错误", "错误".repeat(500)],
      ["x🚀", "x🚀".repeat(600)],
      ["xx🚀", "xx🚀".repeat(500)],
    ])("of %s … keeps whole characters that fit a small frame", async (part, kept) => {
      const url = inject("amqpUrl");
      const queue = newQueue();
      const broker = await connected({ url: `${url}?frameMax=8192`, queueType });
      await bury(broker, queue, ["a body"], part.repeat(10_000));
      expect(await broker.deadLetters(queue).list()).toMatchObject([{ body: "a body", error: kept }]);
      await broker.send([{ queue, body: "goes on" }]);
      expect(await broker.counts(queue)).toMatchObject({ waiting: 1, dead: 1 });
      await deleteQueues(url, [queue]);
    });
  });
});
