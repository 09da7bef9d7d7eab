import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const redeliveriesAreCounted: BrokerBehaviour = {
  name: "each crash counts one redelivery of what was handed out, and none of what was not",
  needs: ["cut", "exactRedeliveryCount"],
  async run(bench) {
    const queue = bench.queue();
    const sender = await bench.connect();
    await sender.send(messages(queue, ["handed out"]));
    for (const redeliveries of [0, 1]) {
      const broker = await bench.connect();
      const subscriber = await bench.subscribe(broker, queue, { maxUnsettled: 1 });
      const [taken] = await subscriber.take(1);
      assert.equal(taken?.redeliveries, redeliveries);
      if (redeliveries === 1) await sender.send(messages(queue, ["not handed out"]));
      await bench.cut(broker);
    }
    const subscriber = await bench.subscribe(sender, queue);
    const taken = await subscriber.take(2);
    const counted = new Map(taken.map(({ body, redeliveries }) => [body, redeliveries]));
    assert.equal(counted.get("handed out"), 2);
    assert.equal(counted.get("not handed out"), 0);
    await subscriber.release(taken);
    const again = await subscriber.take(2);
    for (const { body, redeliveries } of again)
      assert.equal(redeliveries, counted.get(body), "a release neither counts nor forgets");
    await subscriber.ack(again);
  },
};
