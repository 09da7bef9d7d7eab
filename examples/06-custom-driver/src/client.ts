import { Client } from "@ytask/core";
import { FileBackend, FileBroker } from "./index.js";
import type { Tasks } from "./tasks.js";

const folder = process.env.YTASK_FOLDER ?? ".";

const client = new Client<Tasks>({
  broker: new FileBroker({ file: `${folder}/tasks.json` }),
  backend: new FileBackend({ file: `${folder}/results.json` }),
});

const sum = await client.send("group1", "add", [123, 44]);
console.log(`add(123, 44) = ${await sum.value()}`);

const later = await client.send("group1", "add", [1, 2], { runAfterMs: 500 });
console.log(`half a second later: add(1, 2) = ${await later.value()}`);

await client.close();
