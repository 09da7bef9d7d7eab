export type { AmqpClient, QueueType, RabbitMqBrokerOptions } from "./options.js";
export { RabbitMqBroker } from "./rabbitmq-broker.js";
