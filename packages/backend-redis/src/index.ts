export type { RedisClient, RedisConnectionOptions } from "@ytask-internal/redis-connection/options";
export { RedisBackend, type RedisBackendOptions } from "./redis-backend.js";
