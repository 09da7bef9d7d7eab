import assert from "node:assert/strict";
import { SendFailed } from "@ytask/core/driver";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { callersOf, crashDuring } from "./crash-during.js";
import { messages, numbered } from "./messages.js";
import { nothingIsLost } from "./nothing-is-lost.js";

/** How many messages of a send go to each of two queues: enough for a driver that takes several steps. */
const each = 100;
const callers = callersOf(15);

export const aSendThatBrokeOffTellsTheTruth: BrokerBehaviour = {
  name: "of a send that broke off, what is not stored is not there, and what is neither that nor unknown is",
  needs: ["cut"],
  async run(bench) {
    const other = await bench.connect();
    const queues = [bench.queue(), bench.queue()];
    const calls = await Promise.all(
      callers.map(async (caller) => {
        const broker = await bench.connect();
        const bodies = numbered(each, each * caller);
        const sent = queues.flatMap((queue) => messages(queue, bodies));
        return { broker, sent, make: () => broker.send(sent) };
      }),
    );
    const results = await crashDuring(bench, calls);
    const told = results.flatMap((result, caller) => {
      const { notStored, unknown } = failureOf(result);
      return (calls[caller]?.sent ?? []).map(({ queue, body }, index) => ({
        queue,
        body,
        isNotStored: notStored.includes(index),
        isUnknown: unknown.includes(index),
      }));
    });
    for (const queue of queues) {
      const here = told.filter((one) => one.queue === queue);
      const stored = here.filter(({ isNotStored, isUnknown }) => !isNotStored && !isUnknown);
      const found = new Set(
        await nothingIsLost(
          bench,
          other,
          queue,
          stored.map(({ body }) => body),
        ),
      );
      const wrong = here.filter(({ body, isNotStored }) => isNotStored && found.has(body));
      assert.equal(wrong.length, 0, `${wrong.length} messages are there that were told to be not stored`);
    }
  },
};

function failureOf(result: PromiseSettledResult<void>): Pick<SendFailed, "notStored" | "unknown"> {
  if (result.status === "fulfilled") return { notStored: [], unknown: [] };
  const error: unknown = result.reason;
  assert.ok(SendFailed.isInstance(error), `send was to reject with SendFailed, not ${String(error)}`);
  return error;
}
