import fc from "fast-check";
import { expect, it } from "vitest";
import { Client } from "../../src/index.js";
import { silentLogger } from "../../src/log/logger.js";
import { MemoryBackend, MemoryBroker } from "../../src/memory/index.js";
import { parseMessage, queueKey } from "../../src/wire/index.js";
import { anyBody, anyText, cases, timeoutMs } from "../support/arbitraries.js";

const group = "fuzz";
const queue = queueKey(group);

it(
  "dead letters of any body are listed, and sent again as they were or with all their retries",
  async () => {
    const letters = fc.array(fc.tuple(anyBody, anyText), { minLength: 1, maxLength: 8 });
    const property = fc.asyncProperty(letters, async (all) => {
      const broker = new MemoryBroker();
      await using client = new Client({ broker, backend: new MemoryBackend(), logger: silentLogger });
      const box = client.deadLetters(group);
      expect(await box.list()).toEqual([]);
      const subscription = await broker.subscribe(queue, quiet);
      await broker.send(all.map(([body]) => ({ queue, body })));
      const deliveries = await subscription.receive(all.length, 0);
      await subscription.settle(
        deliveries.map((delivery, index) => ({
          ...{ delivery, kind: "deadLetter", reason: "malformed" },
          error: all[index]?.[1],
        })),
      );

      expect((await box.list()).map(({ body }) => body)).toEqual(all.map(([body]) => body));
      expect(await box.redrive()).toBe(all.length);
      expect(await box.list()).toEqual([]);
      const again = await subscription.receive(all.length, 0);
      expect(again).toHaveLength(all.length);
      again.forEach(({ body }, index) => {
        expectSame(body, all[index]?.[0] ?? "");
      });
      await subscription.close();
    });
    await fc.assert(property, cases(300, 15_000));
  },
  timeoutMs,
);

const quiet = { maxUnsettled: 100, maxRedeliveries: 10, onLost: () => {}, onError: () => {} };

/** What can be read keeps its id, its arguments and its retries; what cannot is the same text. */
function expectSame(body: string, original: string): void {
  const before = readable(original);
  if (before === undefined) {
    expect(body).toBe(original);
    return;
  }
  const { id, args, retryCount } = parseMessage(body);
  const retries = Math.max(0, before.retryCount) + (before.extra.retried ?? 0);
  expect({ id, args, retryCount }).toEqual({ id: before.id, args: before.args, retryCount: retries });
}

function readable(body: string) {
  try {
    return parseMessage(body);
  } catch {
    return undefined;
  }
}
