export { type MemcachedOptions, type MemcachedServer, startMemcached } from "./memcached.js";
export { startProxy, type TcpProxy } from "./proxy.js";
export { type RabbitMqOptions, type RabbitMqServer, startRabbitMq } from "./rabbitmq.js";
export { type RedisOptions, type RedisServer, startRedis } from "./redis.js";
export type { TestServer } from "./test-server.js";
export { waitUntil } from "./wait-until.js";
