import assert from "node:assert/strict";
import { ErrorCode, YTaskError } from "@ytask/core/driver";
import type { BrokerBehaviour } from "./broker-behaviour.js";

export const connectRejectsWithoutAServer: BrokerBehaviour = {
  name: "a connect to a server that cannot be reached rejects with `Connection`, and works once it can",
  needs: ["cut"],
  async run(bench) {
    const broker = await bench.create();
    await bench.cut(broker);
    await assert.rejects(broker.connect(), (error) => YTaskError.isInstance(error, ErrorCode.Connection));
    await bench.mend(broker);
    await broker.connect();
    await broker.counts(bench.queue());
  },
};
