/**
 * Prints what a task costs in CPU, from send to stored result, on the in-memory driver at concurrency 100.
 * Run it after a build: node packages/core/scripts/cost.mjs [tasks]
 */
import { silentLogger } from "../dist/driver.js";
import { Client, Server } from "../dist/index.js";
import { MemoryBackend, MemoryBroker } from "../dist/memory.js";

const tasks = Number(process.argv[2] ?? 200_000);

async function round(count) {
  const drivers = { broker: new MemoryBroker(), backend: new MemoryBackend(), logger: silentLogger };
  const server = new Server(drivers);
  let done = 0;
  let finish;
  const all = new Promise((resolve) => {
    finish = resolve;
  });
  server.add("cost", "add", async (a, b) => a + b);
  server.on("succeeded", () => {
    if (++done === count) finish();
  });
  await server.run("cost", { concurrency: 100 });
  const client = new Client(drivers);
  const before = process.cpuUsage();
  let last;
  let left = count;
  const sendOn = async () => {
    while (left-- > 0) last = await client.send("cost", "add", [1, 2]);
  };
  await Promise.all(Array.from({ length: 100 }, sendOn));
  await all;
  const { user, system } = process.cpuUsage(before);
  if ((await last.value()) !== 3) throw new Error("a result is missing");
  await server.shutdown();
  await client.close();
  return (user + system) / count;
}

await round(Math.min(tasks, 50_000));
const costs = [];
for (let index = 0; index < 5; index++) costs.push(await round(tasks));
costs.sort((one, other) => one - other);
const [least, , median, , most] = costs.map((cost) => cost.toFixed(2));
console.log(`CPU a task, send to stored result, concurrency 100, ${tasks} tasks a round, 5 rounds`);
console.log(`median ${median} µs (least ${least}, most ${most}); the goal is at most 10 µs`);
