import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

/** A server's clock may count whole seconds. */
const nextSecondMs = 1_010;

export const lettersTellWhenTheyDied: BrokerBehaviour = {
  name: "a dead letter tells when it became one, whenever it was sent and whoever lists it when",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, ["first", "second"]));
    const [one, other] = await subscriber.take(2);
    assert.ok(one && other);
    await subscriber.settleAll([{ delivery: one, kind: "deadLetter", reason: "malformed" }]);
    await sleep(nextSecondMs);
    await subscriber.settleAll([{ delivery: other, kind: "deadLetter", reason: "malformed" }]);
    const [first, second] = await broker.deadLetters(queue).list();
    assert.ok(first && second);
    assert.ok(
      first.at < second.at,
      `both say ${first.at.toISOString()}, or the later letter an earlier time`,
    );
    await sleep(nextSecondMs);
    const again = await (await bench.connect()).deadLetters(queue).list();
    assert.deepEqual(
      again.map(({ at }) => at),
      [first.at, second.at],
      "what is listed later",
    );
  },
};
