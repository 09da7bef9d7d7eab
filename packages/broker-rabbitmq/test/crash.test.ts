import { randomUUID } from "node:crypto";
import { Client } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import { describeWithServer, waitUntil } from "@ytask-internal/test-servers";
import { expect, inject, it } from "vitest";
import { type QueueType, RabbitMqBroker } from "../src/index.js";
import { deleteQueues } from "./support/delete-queues.js";
import { WorkerProcess } from "./support/worker-process.js";

const types: readonly QueueType[] = ["classic", "quorum"];
/** The numbers from `first` on. */
const numbers = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => first + index);

describeWithServer("rabbitmq", "kill -9 of a server process", () => {
  it.each(types)(
    "loses none of 3 running, 5 queued and 10 delayed tasks of a %s queue, and runs only the running ones twice",
    async (queueType) => {
      const url = inject("amqpUrl");
      const group = `crash-${randomUUID()}`;
      const client = new Client({ broker: new RabbitMqBroker({ url, queueType }), logger: silentLogger });
      const send = (number: number, forMs: number, runAfterMs = 0) =>
        client.send(group, "run", [number, forMs], { runAfterMs });

      const worker = new WorkerProcess(url, group, queueType, 3);
      for (const number of numbers(0, 3)) await send(number, 3_600_000);
      await waitUntil("three tasks run", () => worker.numbers("begun").length === 3);
      for (const number of numbers(3, 5)) await send(number, 0);
      // Some fall due before the server is killed, and some after.
      for (const number of numbers(8, 5)) await send(number, 0, 20);
      for (const number of numbers(13, 5)) await send(number, 0, 1_500);
      await worker.kill();

      const heir = new WorkerProcess(url, group, queueType, 18);
      await waitUntil("all tasks have begun", () => new Set(heir.numbers("begun")).size === 18);
      await waitUntil("the others have ended", () => heir.numbers("ended").length === 15);
      const ascending = (list: readonly number[]) => [...list].sort((one, other) => one - other);
      expect(ascending(heir.numbers("begun"))).toEqual(numbers(0, 18));
      expect(ascending(heir.numbers("ended"))).toEqual(numbers(3, 15));
      expect(worker.numbers("begun")).toHaveLength(3);
      await heir.kill();
      await client.close();
      await deleteQueues(url, [`YTask:Queue:${group}`]);
    },
  );
});
