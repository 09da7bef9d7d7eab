import { Server } from "@ytask/core";
import { FileBackend, FileBroker } from "./index.js";
import { tasks } from "./tasks.js";

const folder = process.env.YTASK_FOLDER ?? ".";

const server = new Server({
  broker: new FileBroker({ file: `${folder}/tasks.json` }),
  backend: new FileBackend({ file: `${folder}/results.json` }),
});
server.addAll(tasks);
await server.run("group1", { concurrency: 10 });
console.log("ready; end it with Ctrl-C");

// Not once: npm passes a Ctrl-C on to a program that has it already, and the second would end it at once.
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => server.shutdown({ timeoutMs: 30_000 }));
