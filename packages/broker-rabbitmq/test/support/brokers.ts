import { afterEach } from "vitest";
import { RabbitMqBroker, type RabbitMqBrokerOptions } from "../../src/index.js";

const open = new Set<RabbitMqBroker>();

/** A connected broker, which is closed after the test. */
export async function connected(options: RabbitMqBrokerOptions): Promise<RabbitMqBroker> {
  const broker = new RabbitMqBroker(options);
  open.add(broker);
  await broker.connect();
  return broker;
}

/** Closes all that `connected` gave. */
export async function closeBrokers(): Promise<void> {
  await Promise.all([...open].map((broker) => broker.close()));
  open.clear();
}

/** To be called in a test file that uses `connected`. */
export const closeBrokersAfterEach = (): void => {
  afterEach(closeBrokers);
};
