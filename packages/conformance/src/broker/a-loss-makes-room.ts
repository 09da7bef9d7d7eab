import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

const maxUnsettled = 3;
const cuts = 2;

export const aLossMakesRoom: BrokerBehaviour = {
  name: "who lost its deliveries more than once has room for as many as at first, and no more",
  needs: ["cut"],
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start({ maxUnsettled });
    const other = await bench.connect();
    for (let cut = 1; cut <= cuts; cut++) {
      await other.send(messages(queue, numbered(maxUnsettled)));
      await subscriber.take(maxUnsettled);
      await bench.cut(broker);
      const heir = await bench.subscribe(other, queue);
      await heir.takeBodies(maxUnsettled);
      await heir.close();
      await bench.mend(broker);
      await bench.eventually("each loss is reported", () => subscriber.lost.length >= cut * maxUnsettled);
    }
    await other.send(messages(queue, numbered(2 * maxUnsettled)));
    const taken = await subscriber.take(maxUnsettled);
    await subscriber.expectNothing();
    await subscriber.ack(taken);
    await subscriber.takeBodies(maxUnsettled);
  },
};
