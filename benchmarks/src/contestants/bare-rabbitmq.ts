import { type ConfirmChannel, connect, type Options } from "amqplib";
import { Redis } from "ioredis";
import type { Contestant, Payload, Servers, Session } from "../contestant.js";
import { returnedUnder } from "./bare-results.js";

/** The group's queue as YTask declares it, but for the quorum queue's limit of deliveries. */
const classic = { durable: true, arguments: { "x-max-priority": 9 } };
const quorum = { durable: true, arguments: { "x-queue-type": "quorum" } };

/** Where results go. */
interface Results {
  store(index: number): Promise<unknown>;
  /** The stored results of the first `count` tasks. */
  read(count: number): Promise<readonly unknown[]>;
  close(): void;
}

async function open(
  { amqpUrl }: Servers,
  queue: string,
  queueOptions: Options.AssertQueue,
  results?: Results,
): Promise<Session> {
  const connection = await connect(amqpUrl);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(queue, queueOptions);
  let sent = 0;
  return {
    send: (payload) => {
      sent++;
      return publish(channel, queue, payload);
    },
    async serve(concurrency, run, onDone) {
      const consuming = await connect(amqpUrl);
      const consumer = await consuming.createChannel();
      await consumer.prefetch(2 * concurrency);
      await consumer.consume(queue, (message) => {
        if (message === null) return;
        const { index } = JSON.parse(message.content.toString()) as Payload; // what `publish` wrote
        run(index);
        const settle = () => {
          consumer.ack(message);
          onDone();
        };
        if (results === undefined) settle();
        else void results.store(index).then(settle);
      });
      return { stop: () => consuming.close() };
    },
    ...(results === undefined ? {} : { results: () => results.read(sent) }),
    async close() {
      results?.close();
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

/** One SET for each task, in the pipelines that ioredis makes of the calls of one turn. */
function inRedis(url: string, queue: string): Results {
  const redis = new Redis(url, { enableAutoPipelining: true });
  const keyOf = (index: number) => `bare:result:${queue}:${index}`;
  return {
    store: (index) =>
      redis.set(keyOf(index), JSON.stringify({ status: "success", returned: index }), "EX", 86_400),
    read: (count) =>
      returnedUnder(
        redis,
        Array.from({ length: count }, (_, index) => keyOf(index)),
      ),
    close: () => redis.disconnect(),
  };
}

export const bareRabbitMq: Contestant = {
  name: "bare amqplib",
  store: "rabbitmq",
  guarantees: "persistent and confirmed, classic queue; no results",
  packages: ["amqplib"],
  isBare: true,
  can: new Set(),
  open: (servers, queue) => open(servers, queue, classic),
};

export const bareRabbitMqQuorum: Contestant = {
  ...bareRabbitMq,
  name: "bare amqplib, quorum",
  guarantees: "persistent and confirmed, quorum queue; no results",
  open: (servers, queue) => open(servers, queue, quorum),
};

/** What is left of the bare rate once each task also stores a result, by nothing but the two client libraries. */
export const bareRabbitMqQuorumResults: Contestant = {
  ...bareRabbitMqQuorum,
  name: "bare amqplib, quorum, results in bare ioredis",
  guarantees: "persistent and confirmed, quorum queue; one SET in Redis for each task before its ack",
  packages: ["amqplib", "ioredis"],
  open: (servers, queue) => open(servers, queue, quorum, inRedis(servers.redisUrl, queue)),
};
