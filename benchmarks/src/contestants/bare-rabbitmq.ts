import { type ConfirmChannel, connect, type Options } from "amqplib";
import type { Contestant, Payload, Session } from "../contestant.js";

/** The group's queue as YTask declares it, but for the quorum queue's limit of deliveries. */
const classic = { durable: true, arguments: { "x-max-priority": 9 } };
const quorum = { durable: true, arguments: { "x-queue-type": "quorum" } };

async function open(url: string, queue: string, queueOptions: Options.AssertQueue): Promise<Session> {
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(queue, queueOptions);
  return {
    send: (payload) => publish(channel, queue, payload),
    async serve(concurrency, run, onDone) {
      const consuming = await connect(url);
      const consumer = await consuming.createChannel();
      await consumer.prefetch(2 * concurrency);
      await consumer.consume(queue, (message) => {
        if (message === null) return;
        const { index } = JSON.parse(message.content.toString()) as Payload; // what `publish` wrote
        run(index);
        consumer.ack(message);
        onDone();
      });
      return { stop: () => consuming.close() };
    },
    async close() {
      await channel.deleteQueue(queue);
      await connection.close();
    },
  };
}

const publish = (channel: ConfirmChannel, queue: string, payload: Payload): Promise<void> =>
  new Promise((resolve, reject) => {
    const body = Buffer.from(JSON.stringify(payload));
    const onConfirm = (error: unknown) => (error ? reject(error) : resolve());
    channel.sendToQueue(queue, body, { persistent: true, mandatory: true }, onConfirm);
  });

export const bareRabbitMq: Contestant = {
  name: "bare amqplib",
  store: "rabbitmq",
  guarantees: "persistent and confirmed, classic queue; no results",
  packages: ["amqplib"],
  isBare: true,
  can: new Set(),
  open: ({ amqpUrl }, queue) => open(amqpUrl, queue, classic),
};

export const bareRabbitMqQuorum: Contestant = {
  ...bareRabbitMq,
  name: "bare amqplib, quorum",
  guarantees: "persistent and confirmed, quorum queue; no results",
  open: ({ amqpUrl }, queue) => open(amqpUrl, queue, quorum),
};
