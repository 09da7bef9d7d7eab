import fc from "fast-check";
import { expect, it } from "vitest";
import { Client, Server, YTaskError } from "../../src/index.js";
import { silentLogger } from "../../src/log/logger.js";
import { MemoryBackend, MemoryBroker } from "../../src/memory/index.js";
import { abortKey, queueKey, resultKey, serializeMessage } from "../../src/wire/index.js";
import { anyStored, cases, timeoutMs } from "../support/arbitraries.js";

it(
  "every wait ends, whatever is stored where the result should be",
  async () => {
    const backend = new MemoryBackend();
    await using client = new Client({ broker: new MemoryBroker(), backend, logger: silentLogger });
    await client.getStatus("none");
    const property = fc.asyncProperty(
      fc.array(anyStored, { minLength: 1, maxLength: 100 }),
      async (texts) => {
        await backend.set(texts.map((value, index) => ({ key: resultKey(String(index)), value })));
        const reading = texts.flatMap((_, index) => [
          client.getResult(String(index), { timeoutMs: 3, pollIntervalMs: 1 }),
          client.getStatus(String(index)),
        ]);
        for (const outcome of await Promise.allSettled(reading))
          if (outcome.status === "rejected") expect(YTaskError.isInstance(outcome.reason)).toBe(true);
      },
    );
    await fc.assert(property, cases(100, 3_000));
  },
  timeoutMs,
);

it(
  "a task that was delivered before runs, or is taken for done, whatever is stored as its result and abort flag",
  async () => {
    const property = fc.asyncProperty(
      fc.array(fc.tuple(anyStored, anyStored), { maxLength: 10 }),
      async (stored) => {
        const broker = new MemoryBroker();
        const backend = new MemoryBackend();
        await using server = new Server({ broker, backend, logger: silentLogger });
        server.add("fuzz", "known", () => "done");
        await broker.connect();
        await backend.connect();
        await backend.set(
          stored.flatMap(([result, flag], index) => [
            { key: resultKey(String(index)), value: result },
            { key: abortKey(String(index)), value: flag },
          ]),
        );
        await deliverOnce(broker, stored.length);
        await server.run("fuzz", { concurrency: 10 });
        await untilDone(broker);
      },
    );
    await fc.assert(property, cases(100, 3_000));
  },
  timeoutMs,
);

const queue = queueKey("fuzz");

/** Sends tasks and has each of them delivered to a server that dies. */
async function deliverOnce(broker: MemoryBroker, count: number): Promise<void> {
  const dying = broker.sibling();
  await dying.connect();
  const messages = Array.from({ length: count }, (_, index) => ({
    id: String(index),
    name: "known",
    args: [],
    retryCount: 0,
    ...{ runTime: undefined, expireTime: undefined, workflow: undefined, extra: {} },
  }));
  await dying.send(messages.map((message) => ({ queue, body: serializeMessage(message) })));
  const subscription = await dying.subscribe(queue, {
    ...{ maxUnsettled: 100, maxRedeliveries: 10 },
    ...{ onLost: () => {}, onError: () => {} },
  });
  expect(await subscription.receive(100, 0)).toHaveLength(count);
  await subscription.close();
}

/** Resolves once nothing is in the queue or held: what is lost, or held for ever, lets the test time out. */
async function untilDone(broker: MemoryBroker): Promise<void> {
  for (;;) {
    const { waiting = 0, running = 0 } = await broker.counts(queue);
    if (waiting + running === 0) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
