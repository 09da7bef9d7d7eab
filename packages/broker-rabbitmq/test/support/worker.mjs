/**
 * A server process for tests to kill: it runs one group, in which the task `die` ends the process. It ends with the
 * process that started it. JavaScript, and on the packages as they are built: what is tested is a server as users have it.
 */
import { RabbitMqBroker } from "@ytask/broker-rabbitmq";
import { Server } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";

const [url = "", group = "", queueType = "", concurrency = ""] = process.argv.slice(2);
const server = new Server({
  broker: new RabbitMqBroker({ url, queueType }),
  maxRedeliveries: 3,
  logger: silentLogger,
});
server.add(group, "die", async () => {
  // What came with it is done by then.
  await new Promise((resolve) => setTimeout(resolve, 300));
  process.kill(process.pid, "SIGKILL");
});
server.add(group, "note", (text) => {
  process.stdout.write(`${text}\n`);
});
server.add(group, "run", async (number, forMs) => {
  process.stdout.write(`begun ${number}\n`);
  await new Promise((resolve) => setTimeout(resolve, forMs));
  process.stdout.write(`ended ${number}\n`);
});

process.stdin.resume().once("end", () => process.exit(1));
await server.run(group, { concurrency: Number(concurrency) });
