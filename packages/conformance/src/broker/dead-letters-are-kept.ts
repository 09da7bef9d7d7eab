import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

/** A server's clock may be another than this machine's. */
const clocksDifferMs = 600_000;

export const deadLettersAreKept: BrokerBehaviour = {
  name: "a dead letter keeps its body, reason, error and time, and is not delivered any more",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const body = '{"Name":"größe 🚀"}';
    await broker.send(messages(queue, [body, "without an error"]));
    const [first, second] = await subscriber.take(2);
    assert.ok(first && second);
    const error = 'Error: "no" — \u{1f4a5}\nat line 2';
    await subscriber.settleAll([
      { delivery: first, kind: "deadLetter", reason: "retriesExhausted", error },
      { delivery: second, kind: "deadLetter", reason: "unknownTask" },
    ]);
    await subscriber.expectNothing();
    await subscriber.close();
    await broker.close();
    const letters = await (await bench.connect()).deadLetters(queue).list();
    assert.deepEqual(
      letters.map((letter) => [letter.body, letter.reason, letter.error]),
      [
        [body, "retriesExhausted", error],
        ["without an error", "unknownTask", undefined],
      ],
    );
    for (const { at } of letters) {
      assert.ok(at instanceof Date, "`at` is a Date");
      assert.ok(Math.abs(at.getTime() - Date.now()) < clocksDifferMs, `at says ${at.toISOString()}`);
    }
  },
};
