export { MemcacheBackend } from "./memcache-backend.js";
export type { MemcacheBackendOptions, MemjsClient } from "./options.js";
export { serverOf } from "./server-choice.js";
