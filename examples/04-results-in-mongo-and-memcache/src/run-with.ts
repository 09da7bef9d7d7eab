import { Client, Server } from "@ytask/core";
import type { Backend } from "@ytask/core/driver";
import { MemoryBroker } from "@ytask/core/memory";
import { type Tasks, tasks } from "./tasks.js";

/**
 * Runs two tasks and reads their results as any other program can that has their ids. The tasks go through memory
 * here, so that only the results' store has to be there; a broker of any kind goes with a backend of any kind.
 *
 * @param open makes a backend; each process makes its own
 */
export async function runWith(name: string, open: () => Backend): Promise<void> {
  const broker = new MemoryBroker();
  await using server = new Server({ broker, backend: open(), resultExpires: 300 });
  server.addAll(tasks);
  await server.run("group1");

  const sender = new Client<Tasks>({ broker, backend: open() });
  const sum = await sender.send("group1", "add", [123, 44]);
  const failure = await sender.send("group1", "fail", [], { retryCount: 0 });
  await sender.close();

  await using reader = new Client({ broker, backend: open() });
  const added = await reader.getResult(sum.id, { timeoutMs: 5_000 });
  const failed = await reader.getResult(failure.id, { timeoutMs: 5_000 });
  console.log(`${name}: add(123, 44) = ${added.getNumber(0)}; fail() failed with "${failed.error}"`);
}
