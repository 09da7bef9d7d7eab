import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const ackRemoves: BrokerBehaviour = {
  name: "what is acked is gone, for its subscriber and for others",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    await broker.send(messages(queue, numbered(10)));
    await subscriber.ack(await subscriber.take(10));
    await subscriber.expectNothing();
    await subscriber.close();
    await broker.close();
    const other = await bench.subscribe(await bench.connect(), queue);
    await other.expectNothing();
  },
};
