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
import { deleteQueues } from "./support/delete-queues.js";
import { rounds } from "./support/full.js";
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
