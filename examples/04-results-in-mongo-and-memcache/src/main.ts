import { MemcacheBackend } from "@ytask/backend-memcache";
import { MongoBackend } from "@ytask/backend-mongo";
import { runWith } from "./run-with.js";

const url = process.env.MONGO_URL ?? "mongodb://127.0.0.1:27017";
const servers = process.env.MEMCACHED_SERVERS ?? "127.0.0.1:11211";

await runWith("MongoDB", () => new MongoBackend({ url, database: "task", collection: "task" }));
await runWith("memcached", () => new MemcacheBackend({ servers }));
