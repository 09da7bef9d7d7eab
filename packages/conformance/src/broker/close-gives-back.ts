import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const closeGivesBack: BrokerBehaviour = {
  name: "a subscription that closes gives back at once what is not settled",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, numbered(5)));
    const [first, ...rest] = await subscriber.take(5);
    assert.ok(first);
    await subscriber.ack([first]);
    await subscriber.close();
    const other = await bench.subscribe(await bench.connect(), queue);
    assert.deepEqual([...(await other.takeBodies(4))].sort(), numbered(4, 1));
    const late = await subscriber.settle(rest.map((delivery) => ({ delivery, kind: "ack" })));
    assert.deepEqual(new Set(late), new Set(["lost"]), "what was given back is lost to who gave it");
    assert.deepEqual(await subscriber.receive(10, 0), [], "a closed subscription receives nothing");
    await subscriber.close();
  },
};
