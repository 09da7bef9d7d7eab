import { describeWithServer, type SharedServer, sharedRedis } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readmeCommand, runToEnd, startUntil } from "../../run-example.js";

const startServer = readmeCommand(1);
const startClient = readmeCommand(2);

describeWithServer("redis", "example 02", () => {
  let redis: SharedServer;
  beforeAll(async () => {
    redis = await sharedRedis();
  });
  afterAll(() => redis.stop());

  it("runs the client's tasks in the server's process", async () => {
    const environment = { REDIS_URL: redis.url };
    const server = await startUntil(startServer, "ready", environment);
    try {
      const output = await runToEnd(startClient, environment);
      expect(output).toContain("add(123, 44) = 167");
      expect(output).toContain("half a second later: add(1, 2) = 3");
      expect(output).toContain("done, at attempt 3, after 2 retries");
    } finally {
      expect(await server.end()).toContain("the server is shut down");
    }
  }, 60_000);
});
