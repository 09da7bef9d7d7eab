import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const replaceByNothingRemoves: BrokerBehaviour = {
  name: "a message that is replaced by nothing is gone",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, ["old"]));
    const [delivery] = await subscriber.take(1);
    assert.ok(delivery);
    await subscriber.settleAll([{ delivery, kind: "replace", by: [] }]);
    await subscriber.expectNothing();
    await subscriber.close();
    await (await bench.subscribe(await bench.connect(), queue)).expectNothing();
  },
};
