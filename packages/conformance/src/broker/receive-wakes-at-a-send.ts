import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

export const receiveWakesAtASend: BrokerBehaviour = {
  name: "a receive that waits ends as soon as something is sent, from anywhere",
  async run(bench) {
    const { queue, subscriber } = await bench.start();
    const sender = await bench.connect();
    for (const body of ["first", "second"]) {
      const receiving = bench.soon("a receive after a send", subscriber.receive(10, bench.longWaitMs));
      await sender.send(messages(queue, [body]));
      const received = await receiving;
      assert.deepEqual(bodiesOf(received), [body]);
      await subscriber.ack(received);
    }
  },
};
