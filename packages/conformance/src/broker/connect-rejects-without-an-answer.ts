import { connectsOnceMended } from "../connects-once-mended.js";
import type { BrokerBehaviour } from "./broker-behaviour.js";

export const connectRejectsWithoutAnAnswer: BrokerBehaviour = {
  name: "a connect to a server that does not answer rejects with `Connection`, and works once it answers",
  needs: ["stall"],
  async run(bench) {
    const broker = await bench.create();
    await bench.stall(broker);
    await connectsOnceMended(broker, () => bench.mend(broker));
    await broker.counts(bench.queue());
  },
};
