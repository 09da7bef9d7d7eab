import { Client } from "@ytask/core";
import { drivers } from "./drivers.js";
import type { Tasks } from "./tasks.js";

const client = new Client<Tasks>(drivers());

const sum = await client.send("group1", "add", [123, 44]);
console.log(`add(123, 44) = ${await sum.value()}`);

const later = await client.send("reports", "build", ["sales"], { runAfterMs: 500 });
console.log(`half a second later: ${await later.value()}`);

await client.close();
