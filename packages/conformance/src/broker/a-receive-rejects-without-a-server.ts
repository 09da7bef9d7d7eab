import assert from "node:assert/strict";
import { ErrorCode, YTaskError } from "@ytask/core/driver";
import type { BrokerBehaviour } from "./broker-behaviour.js";

export const aReceiveRejectsWithoutAServer: BrokerBehaviour = {
  name: "a receive rejects with a YTaskError while the server cannot be reached",
  needs: ["cut"],
  async run(bench) {
    const { broker, subscriber } = await bench.start();
    await bench.cut(broker);
    let reason: unknown;
    await bench.eventually("a receive rejects", () =>
      subscriber.receive(1, 100).then(
        () => false,
        (error: unknown) => {
          reason = error;
          return true;
        },
      ),
    );
    assert.ok(YTaskError.isInstance(reason, ErrorCode.Connection), `it rejects with ${String(reason)}`);
  },
};
