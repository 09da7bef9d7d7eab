import { RedisBackend } from "@ytask/backend-redis";
import { RedisBroker } from "@ytask/broker-redis";
import { Client } from "@ytask/core";
import type { Tasks } from "./tasks.js";

const url = process.env.REDIS_URL ?? "redis://127.0.0.1:6379/0";
const client = new Client<Tasks>({ broker: new RedisBroker({ url }), backend: new RedisBackend({ url }) });

const sum = await client.send("group1", "add", [123, 44]);
console.log(`add(123, 44) = ${await sum.value()}`);

const later = await client.send("group1", "add", [1, 2], { runAfterMs: 500 });
console.log(`half a second later: add(1, 2) = ${await later.value()}`);

const unsteady = await client.send("group1", "unsteady", ["done"]);
const result = await unsteady.result();
console.log(`${result.get(0)}, after ${result.retryCount} retries`);

await client.close();
