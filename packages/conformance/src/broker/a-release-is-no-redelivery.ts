import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const aReleaseIsNoRedelivery: BrokerBehaviour = {
  name: "neither a release nor a close counts as a redelivery",
  needs: ["exactRedeliveryCount"],
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, numbered(3)));
    for (let time = 0; time < 3; time++) await subscriber.release(await subscriber.take(3));
    await subscriber.take(3);
    await subscriber.close();
    const other = await bench.subscribe(broker, queue);
    const taken = await other.take(3);
    assert.deepEqual(
      taken.map((delivery) => delivery.redeliveries),
      [0, 0, 0],
    );
    await other.ack(taken);
  },
};
