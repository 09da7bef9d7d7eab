import assert from "node:assert/strict";
import { awaitedLater } from "../settles.js";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

const sends = 100;

export const overlappingCalls: BrokerBehaviour = {
  name: "sends, receives and settles may overlap",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const sending = numbered(sends).map((body) => broker.send(messages(queue, [body])));
    const settling: Promise<void>[] = [];
    const received: string[] = [];
    while (received.length < sends) {
      const [delivery] = await subscriber.take(1);
      if (delivery === undefined) continue;
      received.push(delivery.body);
      settling.push(awaitedLater(subscriber.ack([delivery])));
    }
    await Promise.all([...sending, ...settling]);
    assert.deepEqual(received.sort(byNumber), numbered(sends));
    await subscriber.expectNothing();
  },
};

const byNumber = (one: string, other: string): number => Number(one) - Number(other);
