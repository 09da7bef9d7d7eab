import { Client, Server, Status, TaskFailed } from "@ytask/core";
import { MemoryBackend, MemoryBroker } from "@ytask/core/memory";
import { type Tasks, tasks } from "./tasks.js";

const drivers = { broker: new MemoryBroker(), backend: new MemoryBackend() };
const server = new Server(drivers);
server.addAll(tasks);
for (const group of Object.keys(tasks)) await server.run(group);
const client = new Client<Tasks>(drivers);

// Each step gets what the one before returned; the types are checked along.
const sendOrder = (id: string, total: number) =>
  client.sendWorkflow([
    { group: "shop", name: "checkOrder", args: [{ id, total }] },
    { group: "shop", name: "charge", options: { retryCount: 5 } },
    { group: "mail", name: "sendReceipt", options: { runAfterMs: 200 } },
  ]);

const good = await sendOrder("A1", 99);
console.log(await good.value());

for (const [id, total] of [
  ["A2", 5_000],
  ["A3", -1],
] as const) {
  const bad = await (await sendOrder(id, total)).result();
  console.log(`order ${id}: ${bad.error}`);
  console.log(bad.workflow.map((step) => `${step.name}: ${step.status}`).join(", "));
}

// A task that runs is told to stop by its signal; one that waits never starts.
server.on("started", ({ id, name }) => {
  if (name === "slowly") void client.abort(id);
});
const running = await client.send("work", "slowly", ["the first"]);
const waiting = await client.send("work", "slowly", ["the second"], { runAfterMs: 60_000 });
await waiting.abort();
try {
  await running.value();
} catch (error) {
  if (!TaskFailed.isInstance(error)) throw error;
  console.log(`aborted: ${error.status === Status.Abort}`);
}

await client.close();
await server.shutdown();
