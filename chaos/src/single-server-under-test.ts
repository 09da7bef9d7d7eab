import { setTimeout as sleep } from "node:timers/promises";
import { startProxy, startRabbitMq, startRedis } from "@ytask-internal/test-servers";
import type { BrokerUnderTest } from "./broker-under-test.js";
import { swallowFor } from "./swallow.js";

/** One Redis that writes its append-only file before it answers: with everysec it may not, while its disk is busy. */
export async function startRedisUnderTest(leaseMs: number): Promise<BrokerUnderTest> {
  const server = await startRedis({ arguments: ["--appendfsync", "always"] });
  const proxy = await startProxy(server.port);
  return {
    address: { kind: "redis", url: `redis://127.0.0.1:${proxy.port}`, leaseMs },
    async restart(downMs) {
      await server.kill();
      await sleep(downMs);
      await server.start();
    },
    async killConnections() {
      await server.command("CLIENT", "KILL", "TYPE", "normal");
      await server.command("CLIENT", "KILL", "TYPE", "pubsub");
      return undefined;
    },
    swallow: (forMs) => swallowFor([proxy], forMs),
    async stop() {
      await proxy.close();
      await server.stop();
    },
  };
}

/**
 * What `rabbitmqctl close_all_connections` does, and when: the command takes seconds to start, in which work goes on
 * that is in no doubt.
 */
const closeAll = `
  From = os:system_time(millisecond),
  ok = rabbit_networking:close_connections(rabbit_networking:connections(), <<"chaos">>),
  {From, os:system_time(millisecond)}.`;
/** The connections are told to close, and do so each by itself. */
const closingMs = 250;

/** A quorum queue that found no leader names none here; what list_queues can print leaves that out, and what it hands on. */
const everyQueue = "[rabbit_amqqueue:info(Queue) || Queue <- rabbit_amqqueue:list()].";

/** One RabbitMQ node. */
export async function startRabbitMqUnderTest(kind: "rabbitmq" | "rabbitmq-quorum"): Promise<BrokerUnderTest> {
  // As docs/operations.md advises; by default what falls due while RabbitMQ starts may be three minutes late.
  const server = await startRabbitMq({ deadLetterRetryMs: 5_000 });
  const proxy = await startProxy(server.port);
  return {
    address: { kind, url: `amqp://guest:guest@127.0.0.1:${proxy.port}` },
    async restart(downMs) {
      await server.kill();
      await sleep(downMs);
      await server.start();
    },
    async killConnections() {
      const [from, until] = /(\d+),(\d+)/.exec(await server.control("eval", closeAll))?.slice(1) ?? [];
      return { from: Number(from), until: Number(until) + closingMs };
    },
    swallow: (forMs) => swallowFor([proxy], forMs),
    describe: async () => [await server.control("eval", everyQueue), await server.log()].join("\n\n"),
    async stop() {
      await proxy.close();
      await server.stop();
    },
  };
}
