import type { BrokerBehaviour } from "./broker-behaviour.js";
import { Crowd } from "./crowd.js";

export const nothingIsLostInACrowd: BrokerBehaviour = {
  name: "a thousand messages through three subscribers that release, replace, dead-letter and crash: none is lost",
  isRandom: true,
  async run(bench) {
    const crowd = new Crowd(bench, bench.queue());
    await crowd.send(1_000);
    await crowd.consume(3);
    await crowd.assertAllWereDone();
  },
};
