import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

const crashes = 3;

/**
 * By this count core gives up a message that kills its servers: a count that stands still would let it kill them for
 * ever.
 */
export const redeliveriesGrow: BrokerBehaviour = {
  name: "with each crash of who holds it a message counts more redeliveries",
  needs: ["cut"],
  async run(bench) {
    const queue = bench.queue();
    await (await bench.connect()).send(messages(queue, ["deadly"]));
    const counted: number[] = [];
    for (let crash = 0; crash < crashes; crash++) {
      const broker = await bench.connect();
      const [taken] = await (await bench.subscribe(broker, queue)).take(1);
      counted.push(taken?.redeliveries ?? -1);
      await bench.cut(broker);
    }
    assert.ok(
      counted.every((count, index) => index === 0 || count > (counted[index - 1] ?? 0)),
      `the redeliveries were ${counted.join(", then ")}`,
    );
  },
};
