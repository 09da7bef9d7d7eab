import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const redeliveriesBeginAnew: BrokerBehaviour = {
  name: "what replaces a redelivered message, or is redriven after it was one, has 0 redeliveries",
  needs: ["cut"],
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const other = await bench.connect();
    await other.send(messages(queue, ["replaced", "redriven"]));
    await subscriber.take(2);
    await bench.cut(broker);
    const heir = await bench.subscribe(other, queue);
    const again = await heir.take(2);
    assert.ok(again.every(({ redeliveries }) => redeliveries > 0));
    await heir.settleAll(
      again.map((delivery) =>
        delivery.body === "replaced"
          ? { delivery, kind: "replace", by: messages(queue, [delivery.body]) }
          : { delivery, kind: "deadLetter", reason: "redeliveredTooOften" },
      ),
    );
    await other.deadLetters(queue).redrive();
    const anew = await heir.take(2);
    assert.deepEqual(new Map(anew.map(({ body, redeliveries }) => [body, redeliveries])), begunAnew);
    await heir.ack(anew);
  },
};

const begunAnew = new Map([
  ["replaced", 0],
  ["redriven", 0],
]);
