import { Client, Server } from "@ytask/core";
import { MemoryBackend, MemoryBroker } from "@ytask/core/memory";
import { type Tasks, tasks } from "./tasks.js";

// One process, nothing to install. With Redis or RabbitMQ, server and client are two (examples 02 and 03).
const broker = new MemoryBroker();
const backend = new MemoryBackend();

const server = new Server({ broker, backend });
server.addAll(tasks);
await server.run("group1", { concurrency: 3 });

const client = new Client<Tasks>({ broker, backend });

const sum = await client.send("group1", "add", [123, 44]);
console.log(`add(123, 44) = ${await sum.value({ timeoutMs: 3_000 })}`);

const users = await client.send("group1", "append_user", [{ id: 1, name: "aa" }, [322, 11], ["bb", "cc"]]);
console.log("append_user(…) =", await users.value({ timeoutMs: 3_000 }));

await client.close();
await server.shutdown();
