import { Client, Server } from "@ytask/core";
import type { Backend } from "@ytask/core/driver";
import { MemoryBroker } from "@ytask/core/memory";
import { silent } from "./silent.js";

/** From the end of a task until its waiter has the value, in milliseconds, in ascending order. */
export async function latenessOfWaiters(backend: Backend, rounds = 100): Promise<readonly number[]> {
  const broker = new MemoryBroker();
  let endedAt = 0;
  const server = new Server({ broker, backend, logger: silent });
  server.add("trial", "end", () => {
    endedAt = performance.now();
    return 1;
  });
  const client = new Client({ broker, backend, logger: silent });
  const lateness: number[] = [];
  try {
    await server.run("trial");
    for (let round = 0; round < rounds; round++) {
      const task = await client.send("trial", "end", []);
      await task.value();
      lateness.push(performance.now() - endedAt);
    }
  } finally {
    await client.close();
    await server.shutdown();
  }
  return lateness.sort((left, right) => left - right);
}
