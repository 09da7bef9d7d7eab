import { Server } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import { ManualClock, MemoryBackend, MemoryBroker } from "@ytask/core/memory";
import { tasks } from "./tasks.js";

export async function start() {
  const clock = new ManualClock();
  const server = new Server({
    broker: new MemoryBroker({ clock }),
    backend: new MemoryBackend({ clock }),
    clock,
    logger: silentLogger,
  });
  server.addAll(tasks);
  await server.run("mail");
  await server.run("math");
  const client = server.client<typeof tasks>(); // on the same drivers, clock and logger
  const close = async () => {
    await client.close();
    await server.shutdown();
  };
  return { clock, server, client, close };
}
