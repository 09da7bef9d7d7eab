export type { RedisClient, RedisConnectionOptions } from "@ytask-internal/redis-connection";
export { RedisBackend, type RedisBackendOptions } from "./redis-backend.js";
