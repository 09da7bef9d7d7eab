import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const connectWorksAfterClose: BrokerBehaviour = {
  name: "a closed broker can be connected again",
  async run(bench) {
    const { broker, queue } = await bench.start();
    for (const body of ["1", "2"]) {
      await broker.close();
      await broker.connect();
      const subscriber = await bench.subscribe(broker, queue);
      await broker.send(messages(queue, [body]));
      assert.deepEqual(await subscriber.takeBodies(1), [body]);
    }
  },
};
