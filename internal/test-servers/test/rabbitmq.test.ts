import { afterEach, expect, test } from "vitest";
import { answers } from "../src/answers.js";
import { describeWithOwnServer, type RabbitMqServer, startRabbitMq } from "../src/index.js";

describeWithOwnServer("rabbitmq", "a RabbitMQ server", () => {
  const servers: RabbitMqServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });

  test("two nodes run side by side, each with its own configuration", async () => {
    const [first, second] = await Promise.all([
      startRabbitMq(),
      startRabbitMq({ config: "consumer_timeout = 10000" }),
    ]);
    servers.push(first, second);
    const timeout = "application:get_env(rabbit, consumer_timeout).";
    expect(await second.control("eval", timeout)).toBe("{ok,10000}");
    expect(await first.control("eval", timeout)).not.toBe("{ok,10000}");
  });

  test("keeps its data and port through a kill, and takes no connection after stop", async () => {
    const server = await startRabbitMq();
    servers.push(server);
    await server.control("add_vhost", "kept");
    await server.kill();
    expect(await answers(server.port)).toBe(false);
    await server.start();
    expect(await server.control("list_vhosts")).toContain("kept");
    await server.stop();
    expect(await answers(server.port)).toBe(false);
  });
});
