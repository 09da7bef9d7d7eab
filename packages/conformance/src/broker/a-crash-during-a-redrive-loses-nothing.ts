import type { BrokerBehaviour } from "./broker-behaviour.js";
import { callersOf, crashDuring } from "./crash-during.js";
import { deadLetterAll } from "./dead-letter-all.js";
import { numbered } from "./messages.js";
import { nothingIsLost } from "./nothing-is-lost.js";

const letters = numbered(10);
/** Many crashes: if a driver deletes letters before it sends them, they are missing only for a very short time. */
const callers = callersOf(30);

export const aCrashDuringARedriveLosesNothing: BrokerBehaviour = {
  name: "a dead letter that is redriven when its broker crashes is back in its queue, or still a dead letter",
  needs: ["cut"],
  async run(bench) {
    const other = await bench.connect();
    const calls = await Promise.all(
      callers.map(async () => {
        const queue = bench.queue();
        const subscriber = await bench.subscribe(other, queue);
        await deadLetterAll(other, queue, subscriber, letters);
        await subscriber.close();
        const broker = await bench.connect();
        return { queue, broker, make: () => broker.deadLetters(queue).redrive() };
      }),
    );
    await crashDuring(bench, calls);
    await Promise.all(calls.map(({ queue }) => nothingIsLost(bench, other, queue, letters)));
  },
};
