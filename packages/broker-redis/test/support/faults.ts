import { setTimeout as sleep } from "node:timers/promises";
import { RedisBackend } from "@ytask/backend-redis";
import { Client, Server } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import { type RedisServer, type TcpProxy, waitUntil } from "@ytask-internal/test-servers";
import { expect } from "vitest";
import { RedisBroker } from "../../src/index.js";

/** How long servers may take to go on by themselves after a fault, in milliseconds. */
export const resumeWithinMs = 10_000;

/** Longer than a call may take, where there is time: then the driver has to notice by itself. */
const silenceMs = process.env.YTASK_TEST_FULL ? 6_000 : 1_500;

/** Something that goes wrong, and is over when it resolves. */
export type Fault = (redis: RedisServer, proxy: TcpProxy) => Promise<void>;

/** What can go wrong between a server and its Redis. */
export const faults: Readonly<Record<string, Fault>> = {
  "Redis is killed and started again": async (redis) => {
    await redis.kill("SIGKILL");
    await redis.start();
  },
  "Redis stands still for a moment": async (redis) => {
    redis.pause();
    await sleep(1_500);
    redis.resume();
  },
  "every connection is ended with CLIENT KILL": async (redis) => {
    await redis.command("CLIENT", "KILL", "TYPE", "normal");
    await redis.command("CLIENT", "KILL", "TYPE", "pubsub");
  },
  "the network swallows everything without closing": async (_, proxy) => {
    proxy.swallow();
    await sleep(silenceMs);
    proxy.pass();
  },
  "the network cuts every connection": async (_, proxy) => {
    proxy.cutAll();
  },
};

/**
 * A server and a client work through the proxy while faults happen: each `times` times. After each, the server must
 * take work by itself; all that was accepted must have run in the end, and every wait must have ended.
 */
export async function workThrough(
  fault: Fault,
  times: number,
  redis: RedisServer,
  proxy: TcpProxy,
): Promise<void> {
  const url = `redis://127.0.0.1:${proxy.port}`;
  const drivers = () => ({
    broker: new RedisBroker({ url, leaseMs: 2_000 }),
    backend: new RedisBackend({ url }),
    logger: silentLogger,
  });
  const ran = new Set<number>();
  await using server = new Server(drivers());
  server.add("faults", "note", async (number: number) => {
    await sleep(20);
    ran.add(number);
    return number;
  });
  await server.run("faults", { concurrency: 5 });
  await using client = new Client(drivers());
  const accepted: number[] = [];
  const waits: Promise<unknown>[] = [];
  let number = 0;
  const produce = async (): Promise<void> => {
    const own = number++;
    try {
      const task = await client.send("faults", "note", [own]);
      accepted.push(own);
      waits.push(task.result({ timeoutMs: 30_000 }).catch((error: unknown) => error));
    } catch {
      // Not accepted: the sender knows, and may send again.
    }
  };
  for (let time = 0; time < times; time++) {
    const during = Array.from({ length: 20 }, produce);
    await fault(redis, proxy);
    const endsAt = performance.now() + resumeWithinMs;
    await Promise.all(during);
    const sentinel = number;
    await waitUntil("the server works again", async () => {
      await produce();
      return [...ran].some((one) => one >= sentinel);
    });
    if (process.env.YTASK_TEST_FULL) expect(performance.now()).toBeLessThan(endsAt);
  }
  await waitUntil("all that was accepted has run", () => accepted.every((one) => ran.has(one)));
  await Promise.all(waits);
}
