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

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => server.shutdown({ timeoutMs: 30_000 }));
