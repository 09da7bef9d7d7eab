export { type RedisOptions, type RedisServer, startRedis } from "./redis.js";
