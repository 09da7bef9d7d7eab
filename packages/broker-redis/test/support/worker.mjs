/**
 * A server process for tests to kill and to freeze. It runs one group and writes down which tasks it ran in two lists
 * of its Redis; on its standard output it says when it is ready, and which events its server emits. It ends with the
 * process that started it. JavaScript, and on the packages as they are built: what is measured is a server as users have it.
 */
import { RedisBackend } from "@ytask/backend-redis";
import { RedisBroker } from "@ytask/broker-redis";
import { Server } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import { Redis } from "ioredis";

const [url = "", group = "", leaseMs = "", concurrency = ""] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const log =
  (level) =>
  (message, fields = {}) =>
    say({ level, message: `${message} ${JSON.stringify(fields)}` });

const notes = new Redis(url);
const server = new Server({
  broker: new RedisBroker({ url, leaseMs: Number(leaseMs) }),
  backend: new RedisBackend({ url }),
  logger: { ...silentLogger, warn: log("warn"), error: log("error") },
});
server.add(group, "note", async (number, forMs) => {
  await notes.rpush(`${group}:begun`, number);
  await new Promise((resolve) => setTimeout(resolve, forMs));
  await notes.rpush(`${group}:ended`, number);
  return `${process.pid}`;
});
server.add(group, "block", (number, forMs) => {
  void notes.rpush(`${group}:begun`, number);
  const end = performance.now() + forMs;
  while (performance.now() < end);
  void notes.rpush(`${group}:ended`, number);
  return `${process.pid}`;
});
server.add(group, "count", () => undefined);
server.on("leaseLost", ({ id }) => say({ event: "leaseLost", id }));

process.stdin.resume().once("end", () => process.exit(1));
process.once("SIGTERM", () => server.shutdown().then(() => process.exit(0)));
setInterval(() => say({ rss: process.memoryUsage().rss }), 100).unref();
await server.run(group, { concurrency: Number(concurrency) });
say({ ready: true });
