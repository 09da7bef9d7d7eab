import type { Outgoing } from "@ytask/core/driver";
import { untilSucceeds } from "@ytask-internal/test-servers";
import type { RabbitMqBroker } from "../../src/index.js";

/** Sends a message again and again until the server takes it, as after an outage. */
export const untilAccepted = (broker: RabbitMqBroker, message: Outgoing): Promise<void> =>
  untilSucceeds("a send is accepted", () => broker.send([message]));
