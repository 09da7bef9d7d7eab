import { brokerConformance, throughGates } from "@ytask/conformance";
import { describeWithServer } from "@ytask-internal/test-servers";
import { describe, inject, it } from "vitest";
import { type QueueType, RabbitMqBroker } from "../src/index.js";
import { deleteQueues } from "./support/delete-queues.js";

const types: readonly QueueType[] = ["classic", "quorum"];
for (const queueType of types)
  describeWithServer("rabbitmq", `RabbitMqBroker with ${queueType} queues`, () => {
    const url = () => inject("amqpUrl");
    brokerConformance(
      { describe, it },
      {
        ...throughGates(url, (gatedUrl) => new RabbitMqBroker({ url: gatedUrl, queueType })),
        capabilities: new RabbitMqBroker({ queueType }).capabilities,
        takenBackWithinMs: 5_000,
        tidyUp: (queues) => deleteQueues(url(), queues),
      },
    );
  });
