import assert from "node:assert/strict";
import { SendFailed, YTaskError } from "@ytask/core/driver";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages, numbered } from "./messages.js";

export const aCutRejectsSends: BrokerBehaviour = {
  name: "a send while the server cannot be reached rejects, and tells what may be stored from what is not",
  needs: ["cut"],
  async run(bench) {
    const broker = await bench.connect();
    const queue = bench.queue();
    await broker.send(messages(queue, ["before"]));
    await bench.cut(broker);
    const error: unknown = await broker.send(messages(queue, numbered(3))).catch((reason: unknown) => reason);
    assert.ok(SendFailed.isInstance(error), `send was to reject with SendFailed, not ${String(error)}`);
    assert.deepEqual([...error.notStored, ...error.unknown].sort(), [0, 1, 2], "each index is in one list");

    await bench.mend(broker);
    await bench.eventually("a send works again", () =>
      broker.send(messages(queue, ["after"])).then(
        () => true,
        (reason) => {
          assert.ok(YTaskError.isInstance(reason), `send was to reject with a YTaskError, not ${reason}`);
          return false;
        },
      ),
    );
    const subscriber = await bench.subscribe(broker, queue);
    const received = new Set([...(await subscriber.takeThrough("after")), ...(await subscriber.drain())]);
    assert.ok(received.has("before") && received.has("after"), "what was confirmed is there");
    // Nothing got through during the cut, so whatever is there was kept and sent later.
    for (const body of numbered(3)) assert.ok(!received.has(body), "a send that was rejected was made later");
  },
};
