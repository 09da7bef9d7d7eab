import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { YTaskError } from "@ytask/core/driver";
import { awaitedLater } from "../settles.js";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

const rounds = 16;
const messagesInARound = 3;
const most = messagesInARound * rounds;

export const closeDuringAReceiveLosesNothing: BrokerBehaviour = {
  name: "a subscription, or its broker, that closes while it receives what is just sent loses none of it, time after time",
  async run(bench) {
    const sender = await bench.connect();
    const queue = bench.queue();
    for (let round = 0; round < rounds; round++) {
      const broker = await bench.connect();
      const subscriber = await bench.subscribe(broker, queue);
      const receiving = subscriber.receive(most, bench.longWaitMs).catch(noneIfClosed);
      const ending = awaitedLater(bench.soon("a receive during a close", receiving));
      const sending = awaitedLater(
        sender.send(messages(queue, numbered(messagesInARound, messagesInARound * round))),
      );
      // In some rounds the close meets messages on their way, in others messages that have just arrived.
      if (round % 2 === 1) await sending;
      for (let turns = 0; turns < round % 4; turns++) await turn();
      const closing = round < rounds / 2 ? subscriber.close() : broker.close();
      const [received] = await Promise.all([ending, sending, closing]);
      assert.equal(new Set(bodiesOf(received)).size, received.length, "one was received twice");
    }
    const heir = await bench.subscribe(sender, queue);
    const bodies = await heir.takeBodies(most);
    assert.deepEqual(new Set(bodies), new Set(numbered(most)));
    await heir.expectNothing();
  },
};

/** Once the broker is closed, a receive may reject: it was told to stop. */
function noneIfClosed(error: unknown): readonly [] {
  if (YTaskError.isInstance(error)) return [];
  throw error;
}
