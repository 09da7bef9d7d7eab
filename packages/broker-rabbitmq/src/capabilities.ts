import type { BrokerCapabilities } from "@ytask/core/driver";
import type { Settings } from "./options.js";

/** What this broker cannot do, and why. */
export const capabilitiesOf = (settings: Settings): BrokerCapabilities => ({
  exactRedeliveryCount: {
    missing:
      settings.queueType === "classic"
        ? "classic queues flag what was delivered before, run or not, and flag everything after a crash of the server"
        : "quorum queues also count messages that were sent ahead to a server and never ran",
  },
  front: {
    missing:
      settings.queueType === "classic"
        ? "messages for the head have a higher priority, and keep their order among themselves"
        : "quorum queues have no priorities before RabbitMQ 4",
  },
  atomicReplace: { missing: "a message is sent and confirmed before the one that it replaces is acked" },
  orderedRelease:
    settings.queueType === "quorum"
      ? true
      : {
          missing:
            "what comes back is sent again with its count, next in line, but behind what was sent ahead to a server",
        },
  sendsAhead: true,
  // Each message is published and confirmed by itself: a larger call saves nothing, and makes its first message wait
  // for its last.
  sendBatchSize: 10,
  // Leaves time to settle a task that ends at its limit, before the server takes it back.
  defaultTimeoutMs: Math.floor((settings.consumerTimeoutMs * 5) / 6),
});
