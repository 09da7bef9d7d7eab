import {
  describeWithServer,
  type SharedServer,
  sharedRabbitMq,
  sharedRedis,
} from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readmeCommand, runToEnd, startUntil } from "../../run-example.js";

const startServer = readmeCommand(1);
const startClient = readmeCommand(2);

describeWithServer("rabbitmq", "example 03", () => {
  const servers: SharedServer[] = [];
  let environment: Record<string, string>;
  beforeAll(async () => {
    const [rabbit, redis] = await Promise.all([sharedRabbitMq(), sharedRedis()]);
    servers.push(rabbit, redis);
    environment = { AMQP_URL: rabbit.url, REDIS_URL: redis.url };
  }, 90_000);
  afterAll(() => Promise.all(servers.map((server) => server.stop())));

  it("runs both groups' tasks in the server's process", async () => {
    const server = await startUntil(startServer, "ready", environment);
    try {
      const output = await runToEnd(startClient, environment);
      expect(output).toContain("add(123, 44) = 167");
      expect(output).toContain('half a second later: the report "sales"');
    } finally {
      expect(await server.end()).toContain("the server is shut down");
    }
  }, 60_000);
});
