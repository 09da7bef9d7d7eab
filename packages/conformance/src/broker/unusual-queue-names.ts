import assert from "node:assert/strict";
import type { Settlement } from "@ytask/core/driver";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

/** Braces are left out: a driver may refuse them. */
const suffixes = [
  ":größe",
  ": with spaces ",
  ":日本語",
  ":🚀",
  ":a/b\\c",
  ":*",
  ":#.>",
  ":%d%20",
  ":'\"`;--",
  ":$name",
  ":UPPER",
  ":upper",
];

export const unusualQueueNames: BrokerBehaviour = {
  name: "a queue's name may hold any characters, and each name is a queue of its own",
  async run(bench) {
    const broker = await bench.connect();
    const stem = bench.queue();
    const queues = suffixes.map((suffix) => bench.queueNamed(stem + suffix));
    await broker.send(queues.flatMap((queue) => messages(queue, [queue])));
    for (const queue of queues) {
      const subscriber = await bench.subscribe(broker, queue);
      const taken = await subscriber.take(1);
      assert.deepEqual(bodiesOf(taken), [queue]);
      const deadLettered = taken.map(
        (delivery): Settlement => ({ delivery, kind: "deadLetter", reason: "malformed" }),
      );
      await subscriber.settleAll(deadLettered);
      await subscriber.close();
    }
    for (const queue of queues) {
      await bench.expectCounts(broker, queue, { waiting: 0, delayed: 0, running: 0, dead: 1 });
      assert.deepEqual(bodiesOf(await broker.deadLetters(queue).list()), [queue]);
    }
  },
};
