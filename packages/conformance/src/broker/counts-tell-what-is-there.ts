import type { BrokerBehaviour } from "./broker-behaviour.js";
import { deadLetterAll } from "./dead-letter-all.js";
import { messages, numbered } from "./messages.js";

export const countsTellWhatIsThere: BrokerBehaviour = {
  name: "counts tell how many messages wait, are delayed, run and are dead, where the broker can tell",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start({ maxUnsettled: 4 });
    await bench.expectCounts(broker, queue, { waiting: 0, delayed: 0, running: 0, dead: 0 });
    await deadLetterAll(broker, queue, subscriber, ["dead"]);
    await broker.send(messages(queue, numbered(3), { delayMs: 3_600_000 }));
    await broker.send(messages(queue, numbered(10)));
    const taken = await subscriber.take(4);
    for (const one of [broker, await bench.connect()])
      await bench.expectCounts(one, queue, { waiting: 6, delayed: 3, running: 4, dead: 1 });
    await subscriber.close();
    await bench.expectCounts(broker, queue, { waiting: taken.length + 6, delayed: 3, running: 0, dead: 1 });
    const other = await bench.subscribe(broker, queue);
    await other.takeBodies(10);
    await broker.deadLetters(queue).purge();
    await bench.expectCounts(broker, queue, { waiting: 0, delayed: 3, running: 0, dead: 0 });
  },
};
