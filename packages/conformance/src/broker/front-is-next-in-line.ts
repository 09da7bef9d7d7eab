import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const frontIsNextInLine: BrokerBehaviour = {
  name: "what is sent to the front, or replaces to it, is next in line, the last one sent first",
  needs: ["front"],
  async run(bench) {
    const broker = await bench.connect();
    const queue = bench.queue();
    await broker.send(messages(queue, ["3", "4"]));
    await broker.send(messages(queue, ["2"], { front: true }));
    await broker.send(messages(queue, ["1", "0"], { front: true }));
    await broker.send([...messages(queue, ["5"]), ...messages(queue, ["replaced"], { front: true })]);
    const subscriber = await bench.subscribe(broker, queue, { maxUnsettled: 1 });
    const [delivery] = await subscriber.take(1);
    assert.equal(delivery?.body, "replaced");
    const by = [...messages(queue, ["6"]), ...messages(queue, ["front"], { front: true })];
    await subscriber.settleAll([{ delivery, kind: "replace", by }]);
    const received: string[] = [];
    for (let one = 0; one < 8; one++) received.push(...(await subscriber.takeBodies(1)));
    assert.deepEqual(received, ["front", "0", "1", "2", "3", "4", "5", "6"]);
  },
};
