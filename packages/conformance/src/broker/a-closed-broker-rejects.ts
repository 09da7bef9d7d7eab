import assert from "node:assert/strict";
import { YTaskError } from "@ytask/core/driver";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const aClosedBrokerRejects: BrokerBehaviour = {
  name: "a closed broker rejects every call with a YTaskError, and a second close does no harm",
  async run(bench) {
    const { broker, queue } = await bench.start();
    await broker.close();
    await broker.close();
    const subscribe = () =>
      broker.subscribe(queue, { maxUnsettled: 1, maxRedeliveries: 1, onLost() {}, onError() {} });
    const calls: Record<string, () => Promise<unknown>> = {
      send: () => broker.send(messages(queue, ["late"])),
      subscribe,
      counts: () => broker.counts(queue),
      list: () => broker.deadLetters(queue).list(),
      redrive: () => broker.deadLetters(queue).redrive(),
      purge: () => broker.deadLetters(queue).purge(),
    };
    for (const [name, call] of Object.entries(calls)) {
      const error: unknown = await call().catch((reason: unknown) => reason);
      assert.ok(
        YTaskError.isInstance(error),
        `${name} was to reject with a YTaskError, not ${String(error)}`,
      );
    }
  },
};
