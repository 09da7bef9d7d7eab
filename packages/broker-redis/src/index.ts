export type { RedisClient, RedisConnectionOptions } from "@ytask-internal/redis-connection";
export { RedisBroker, type RedisBrokerOptions } from "./redis-broker.js";
