import { RabbitMqBroker } from "@ytask/broker-rabbitmq";
import { MemoryBackend } from "@ytask/core/memory";
import { describeWithOwnServer, type RabbitMqServer, startRabbitMq } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FrameCounter } from "./support/frame-counter.js";
import { fill, newClient, runTasks, sendEach } from "./support/run-tasks.js";

describeWithOwnServer("rabbitmq", "the frames that are sent to RabbitMQ", () => {
  let rabbitmq: RabbitMqServer;
  let frames: FrameCounter;

  beforeAll(async () => {
    rabbitmq = await startRabbitMq();
    frames = await FrameCounter.start(rabbitmq.port);
  });
  afterAll(async () => {
    frames?.close();
    await rabbitmq?.stop();
  });

  it("are one publish a task from its sender, and one ack for many tasks and no publish from its server", async () => {
    const url = `amqp://guest:guest@127.0.0.1:${frames.port}`;
    const drivers = { broker: new RabbitMqBroker({ url }), backend: new MemoryBackend() };
    const client = newClient(drivers);
    await sendEach(client, 500);
    await fill(client, 500);
    expect(frames.count("publish")).toBe(1_000);
    frames.reset();
    await runTasks(drivers, 100, 1_000);
    expect(frames.count("publish")).toBe(0);
    expect(frames.count("ack")).toBeLessThanOrEqual(250);
    // A consumer is begun anew when the server is told to send more ahead, or less.
    expect(frames.count("consume")).toBeLessThanOrEqual(6);
    await client.close();
  });
});
