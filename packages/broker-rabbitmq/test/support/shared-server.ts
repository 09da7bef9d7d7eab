import { available, sharedRabbitMq } from "@ytask-internal/test-servers";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** The server that all test files share; empty where there is none, and the tests are skipped. */
    amqpUrl: string;
  }
}

/** Starts one server for all test files that do not harm it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!available("rabbitmq").yes) {
    project.provide("amqpUrl", "");
    return async () => undefined;
  }
  const server = await sharedRabbitMq();
  project.provide("amqpUrl", server.url);
  return () => server.stop();
}
