import assert from "node:assert/strict";
import { texts } from "../texts.js";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

const kinds = Object.entries(texts);
const count = kinds.length;

export const bodiesSurviveEveryWay: BrokerBehaviour = {
  name: "a body stays as it was sent when it is delayed, replaces another, is a dead letter and is redriven",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const letters = broker.deadLetters(queue);
    await broker.send(messages(queue, Object.values(texts), { delayMs: 1 }));
    const delayed = await subscriber.take(count);
    assertSurvived("a delay", bodiesOf(delayed));
    await subscriber.settleAll(
      delayed.map((delivery) => ({ delivery, kind: "replace", by: messages(queue, [delivery.body]) })),
    );
    const replacements = await subscriber.take(count);
    assertSurvived("a replace", bodiesOf(replacements));
    await subscriber.settleAll(
      replacements.map((delivery) => ({ delivery, kind: "deadLetter", reason: "malformed" })),
    );
    assertSurvived("as dead letters", bodiesOf(await letters.list()));
    await letters.redrive(undefined, (letter) => letter.body);
    assertSurvived("a redrive", await subscriber.takeBodies(count));
  },
};

function assertSurvived(way: string, bodies: readonly string[]): void {
  for (const [kind, text] of kinds)
    assert.ok(bodies.includes(text), `the text did not survive ${way}: ${kind}`);
  assert.equal(bodies.length, count);
}
