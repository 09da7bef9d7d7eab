import assert from "node:assert/strict";
import type { Settlement } from "@ytask/core/driver";
import { orYTaskError } from "../or-ytask-error.js";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { messages } from "./messages.js";

export const aSubscriptionOutlivesASilence: BrokerBehaviour = {
  name: "a broker whose server did not answer goes on by itself once it does, and its subscription with it",
  needs: ["stall"],
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const other = await bench.connect();
    await other.send(messages(queue, ["held"]));
    const [delivery] = await subscriber.take(1);
    assert.ok(delivery);
    const ack: Settlement = { delivery, kind: "ack" };
    await bench.stall(broker);
    const [outcome] = await subscriber.settle([ack]);
    assert.notEqual(outcome, "settled", "nothing can be settled while the server does not answer");
    await orYTaskError("receive", subscriber.receive(1, 200));
    await bench.mend(broker);
    await bench.eventually("its outcome is known", async () => {
      return (await subscriber.settle([ack]))[0] !== "unknown";
    });
    await other.send(messages(queue, ["later"]));
    await subscriber.takeThrough("later");
    await broker.send(messages(queue, ["its own"]));
    await subscriber.takeThrough("its own");
  },
};
