import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { deadLetterAll } from "./dead-letter-all.js";
import { messages } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

export const receiveWakesAtWhatComesBack: BrokerBehaviour = {
  name: "a receive that waits ends as soon as something is due, given back by a close, redriven or the next step",
  async run(bench) {
    const { queue, subscriber } = await bench.start();
    const broker = await bench.connect();
    const firstQueue = bench.queue();
    const first = await bench.subscribe(broker, firstQueue);
    const expectToReceive = async (body: string, come: () => Promise<unknown>) => {
      const receiving = bench.soon(`a receive of what is ${body}`, subscriber.receive(10, bench.longWaitMs));
      await come();
      const received = await receiving;
      assert.deepEqual(bodiesOf(received), [body]);
      return received;
    };

    const due = await expectToReceive("due", () => broker.send(messages(queue, ["due"], { delayMs: 200 })));
    await subscriber.ack(due);

    await broker.send(messages(firstQueue, ["step 1"]));
    const [delivery] = await first.take(1);
    assert.ok(delivery);
    const next = await expectToReceive("the next step", () =>
      first.settleAll([{ delivery, kind: "replace", by: messages(queue, ["the next step"]) }]),
    );
    await subscriber.ack(next);

    await deadLetterAll(broker, queue, subscriber, ["redriven"]);
    const redriven = await expectToReceive("redriven", () => broker.deadLetters(queue).redrive());
    await subscriber.ack(redriven);

    // The subscriber that closes must be the one that has the message, so one is sent before the other subscribes.
    await broker.send(messages(queue, ["given back"]));
    await subscriber.take(1);
    const heir = await bench.subscribe(broker, queue);
    const receiving = bench.soon("a receive of what is given back", heir.receive(10, bench.longWaitMs));
    await subscriber.close();
    assert.deepEqual(bodiesOf(await receiving), ["given back"]);
  },
};
