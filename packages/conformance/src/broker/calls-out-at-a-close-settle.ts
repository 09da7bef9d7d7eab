import { setImmediate as turn } from "node:timers/promises";
import { orYTaskError } from "../or-ytask-error.js";
import { awaitedLater } from "../settles.js";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

/** In each round, one more turn of the event loop passes before the close, so that it meets the calls further on. */
const rounds = 8;

export const callsOutAtACloseSettle: BrokerBehaviour = {
  name: "a call that is out when its broker closes settles, and a send that resolved is stored",
  async run(bench) {
    const queue = bench.queue();
    const confirmed: string[] = [];
    for (let round = 0; round < rounds; round++) {
      const broker = await bench.connect();
      const body = String(round);
      const sending = broker.send(messages(queue, [body])).then(() => void confirmed.push(body));
      const calls: readonly Promise<unknown>[] = [
        orYTaskError("send", sending),
        orYTaskError("counts", broker.counts(queue)),
        orYTaskError("list", broker.deadLetters(queue).list()),
      ];
      for (const call of calls) awaitedLater(call);
      for (let turns = 0; turns < round; turns++) await turn();
      await broker.close();
      await Promise.all(calls);
    }
    const heir = await bench.subscribe(await bench.connect(), queue);
    const received: string[] = [];
    while (confirmed.some((body) => !received.includes(body))) received.push(...(await heir.takeBodies(1)));
  },
};
