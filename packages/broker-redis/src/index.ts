export type { RedisClient, RedisConnectionOptions } from "@ytask-internal/redis-connection/options";
export { RedisBroker, type RedisBrokerOptions } from "./redis-broker.js";
