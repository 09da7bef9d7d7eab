import { Server } from "@ytask/core";
import { drivers } from "./drivers.js";
import { tasks } from "./tasks.js";

const server = new Server(drivers());
server.addAll(tasks);
await server.run("group1", { concurrency: 10 });
await server.run("reports", { concurrency: 2 });
console.log("ready; end it with Ctrl-C");

// Not once: npm passes a Ctrl-C on to a program that has it already, and the second would end it at once.
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => server.shutdown({ timeoutMs: 30_000 }));
