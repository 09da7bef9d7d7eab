import { Server } from "@ytask/core";
import { drivers } from "./drivers.js";
import { tasks } from "./tasks.js";

const server = new Server(drivers());
server.addAll(tasks);
await server.run("group1", { concurrency: 10 });
await server.run("reports", { concurrency: 2 });
console.log("ready; end it with Ctrl-C");

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => server.shutdown({ timeoutMs: 30_000 }));
