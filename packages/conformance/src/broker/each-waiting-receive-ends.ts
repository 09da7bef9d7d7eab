import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";
import { bodiesOf } from "./subscriber.js";

export const eachWaitingReceiveEnds: BrokerBehaviour = {
  name: "two subscribers that wait each get one of two messages that are sent at once",
  async run(bench) {
    const { queue, subscriber } = await bench.start({ maxUnsettled: 1 });
    const other = await bench.subscribe(await bench.connect(), queue, { maxUnsettled: 1 });
    const receiving = [subscriber, other].map((one) =>
      bench.soon("a receive after a send", one.receive(1, bench.longWaitMs)),
    );
    await (await bench.connect()).send(messages(queue, ["1", "2"]));
    const received = (await Promise.all(receiving)).map(bodiesOf);
    assert.deepEqual(received.sort(), [["1"], ["2"]]);
  },
};
