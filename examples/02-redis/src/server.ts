import { RedisBackend } from "@ytask/backend-redis";
import { RedisBroker } from "@ytask/broker-redis";
import { Server } from "@ytask/core";
import { tasks } from "./tasks.js";

const url = process.env.REDIS_URL ?? "redis://127.0.0.1:6379/0";

const server = new Server({ broker: new RedisBroker({ url }), backend: new RedisBackend({ url }) });
server.addAll(tasks);
await server.run("group1", { concurrency: 10 });
console.log("ready; end it with Ctrl-C");

// What runs may end; what waits goes on waiting in Redis for another server.
// Not once: npm passes a Ctrl-C on to a program that has it already, and the second would end it at once.
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => server.shutdown({ timeoutMs: 30_000 }));
