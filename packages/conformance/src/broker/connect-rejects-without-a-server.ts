import { connectsOnceMended } from "../connects-once-mended.js";
import type { BrokerBehaviour } from "./broker-behaviour.js";

export const connectRejectsWithoutAServer: BrokerBehaviour = {
  name: "a connect to a server that cannot be reached rejects with `Connection`, and works once it can",
  needs: ["cut"],
  async run(bench) {
    const broker = await bench.create();
    await bench.cut(broker);
    await connectsOnceMended(broker, () => bench.mend(broker));
    await broker.counts(bench.queue());
  },
};
