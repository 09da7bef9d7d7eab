import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, Server, withContext } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import {
  describeWithOwnServer,
  describeWithServer,
  startRabbitMq,
  waitUntil,
} from "@ytask-internal/test-servers";
import { describe, expect, inject, it } from "vitest";
import { type QueueType, RabbitMqBroker } from "../src/index.js";
import { closeBrokersAfterEach, connected } from "./support/brokers.js";
import { deleteQueues } from "./support/delete-queues.js";
import { rounds } from "./support/full.js";
import { Taker } from "./support/taker.js";
import { WorkerProcess } from "./support/worker-process.js";

const types: readonly QueueType[] = ["classic", "quorum"];

describe.each(types)("poison in a %s queue", (queueType) => {
  describeWithServer("rabbitmq", "on a server that stays up", () => {
    it("becomes a dead letter when it ended its server each time, and the others are done", {
      timeout: 120_000,
    }, async () => {
      const url = inject("amqpUrl");
      const group = `poison-${randomUUID()}`;
      const broker = new RabbitMqBroker({ url, queueType });
      const client = new Client({ broker, logger: silentLogger });
      await client.send(group, "die", []);
      await client.send(group, "note", ["done"]);
      const dead = client.deadLetters(group);
      const notes: string[] = [];
      let deaths = 0;
      for (let isOver = false; !isOver; ) {
        const worker = new WorkerProcess(url, group, queueType);
        isOver = await Promise.race([
          worker.ended.then(() => false),
          waitUntil("it is a dead letter", async () => (await client.counts(group)).dead === 1).then(
            () => true,
          ),
        ]);
        if (!isOver) deaths++;
        await worker.kill();
        notes.push(...worker.notes);
      }
      expect(await dead.list()).toMatchObject([{ name: "die", reason: "redeliveredTooOften" }]);
      expect(deaths).toBeGreaterThanOrEqual(4);
      expect(notes).toContain("done");
      await client.close();
      await deleteQueues(url, [`YTask:Queue:${group}`]);
    });
  });

  describeWithServer("rabbitmq", "is not what shutdowns make of a task", () => {
    closeBrokersAfterEach();

    it("that is given back by each of them: they count once", async () => {
      const url = inject("amqpUrl");
      const group = `shutdowns-${randomUUID()}`;
      const queue = `YTask:Queue:${group}`;
      const broker = await connected({ url, queueType });
      const client = new Client({ broker: new RabbitMqBroker({ url, queueType }), logger: silentLogger });
      await client.send(group, "wait", []);
      await client.close();
      for (let shutdown = 0; shutdown < 3; shutdown++) {
        const server = new Server({ broker: new RabbitMqBroker({ url, queueType }), logger: silentLogger });
        let begun = false;
        const wait = withContext(async ({ signal }) => {
          begun = true;
          await once(signal, "abort");
          signal.throwIfAborted();
        });
        server.add(group, "wait", wait);
        await server.run(group);
        await waitUntil("it runs", () => begun);
        expect(await server.shutdown({ timeoutMs: 1 })).toEqual({ completed: 0, released: 1 });
      }
      const taker = await Taker.from(broker, queue);
      await waitUntil("it is taken", () => taker.deliveries.length > 0);
      expect(taker.deliveries).toMatchObject([{ redeliveries: 3 }]);
      await taker.close();
      await deleteQueues(url, [queue]);
    });
  });

  describeWithOwnServer("rabbitmq", "on a server that crashes", () => {
    const count = rounds(2);
    it(`is not what ${count} crashes make of messages that wait and of tasks that run`, {
      timeout: 60_000 + count * 30_000,
    }, async () => {
      const server = await startRabbitMq();
      const group = "crashes";
      const broker = new RabbitMqBroker({ url: server.url, queueType });
      const worker = new Server({ broker, logger: silentLogger });
      const done = new Set<number>();
      let open = () => {};
      const gate = new Promise<void>((resolve) => {
        open = resolve;
      });
      let begun = 0;
      const wait = withContext(async ({ signal }, number: number) => {
        begun++;
        // What is lost in a crash must not go on holding a slot.
        await Promise.race([gate, once(signal, "abort")]);
        signal.throwIfAborted();
        done.add(number);
      });
      worker.add(group, "wait", wait);
      const concurrency = 20;
      await worker.run(group, { concurrency });
      const client = worker.client();
      // RabbitMQ 3.10 may lose the leader of a quorum queue that it declared in the half second before a crash.
      await sleep(1_500);
      const numbers = Array.from({ length: 60 }, (_, index) => index);
      for (const number of numbers) await client.send(group, "wait", [number]);
      await waitUntil("tasks run", () => begun === concurrency);
      for (let crash = 0; crash < count; crash++) {
        const before = begun;
        await server.kill();
        await server.start();
        await waitUntil("as many run again", () => begun >= before + concurrency);
      }
      open();
      await waitUntil("all are done", () => done.size === numbers.length);
      expect(await client.deadLetters(group).list()).toEqual([]);
      await worker.shutdown({ timeoutMs: 5_000 });
      await client.close();
      await server.stop();
    });
  });
});
