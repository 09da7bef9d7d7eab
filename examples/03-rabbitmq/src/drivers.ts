import { RedisBackend } from "@ytask/backend-redis";
import { RabbitMqBroker } from "@ytask/broker-rabbitmq";

/** Tasks through RabbitMQ, results in Redis. Quorum queues survive the loss of a node; classic ones are shared with Go. */
export const drivers = () => ({
  broker: new RabbitMqBroker({
    url: process.env.AMQP_URL ?? "amqp://guest:guest@127.0.0.1:5672",
    queueType: "quorum",
  }),
  backend: new RedisBackend({ url: process.env.REDIS_URL ?? "redis://127.0.0.1:6379/0" }),
});
