import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const frontIsNextInLine: BrokerBehaviour = {
  name: "what is sent to the front is next in line, the last one sent first",
  needs: ["front"],
  async run(bench) {
    const broker = await bench.connect();
    const queue = bench.queue();
    await broker.send(messages(queue, ["3", "4"]));
    await broker.send(messages(queue, ["2"], { front: true }));
    await broker.send(messages(queue, ["1", "0"], { front: true }));
    await broker.send(messages(queue, ["5"]));
    const subscriber = await bench.subscribe(broker, queue);
    assert.deepEqual(await subscriber.takeBodies(6), ["0", "1", "2", "3", "4", "5"]);
  },
};
