import { type ServerKind, urlVariables } from "./available.js";
import { startMemcached } from "./memcached.js";
import { startMongo } from "./mongo.js";
import { startRabbitMq } from "./rabbitmq.js";
import { startRedis } from "./redis.js";

/**
 * A server for tests that only use it. One from the environment may hold somebody's data: tests take names of their
 * own in it and delete nothing else.
 */
export interface SharedServer {
  url: string;
  /** Whether this test run started it. */
  owned: boolean;
  /** Ends it where it is owned. */
  stop(): Promise<void>;
}

const shared = async (kind: ServerKind, start: () => Promise<SharedServer>): Promise<SharedServer> => {
  const url = process.env[urlVariables[kind]];
  return url ? { url, owned: false, stop: async () => {} } : start();
};

const owned = ({ url, stop }: { url: string; stop(): Promise<void> }): SharedServer => ({
  url,
  owned: true,
  stop,
});

/** The Redis of `REDIS_URL`, else a new one. */
export const sharedRedis = () => shared("redis", async () => owned(await startRedis()));

/** The RabbitMQ of `AMQP_URL`, else a new one. */
export const sharedRabbitMq = () => shared("rabbitmq", async () => owned(await startRabbitMq()));

/** The MongoDB of `MONGO_URL`, else a new one. */
export const sharedMongo = () => shared("mongo", async () => owned(await startMongo()));

/** The servers of `MEMCACHED_SERVERS` (`host:port`, comma-separated), else a new one. */
export const sharedMemcached = async (): Promise<{
  servers: string;
  owned: boolean;
  stop(): Promise<void>;
}> => {
  const { url, ...server } = await shared("memcached", async () => {
    const memcached = await startMemcached();
    return owned({ url: memcached.servers, stop: memcached.stop });
  });
  return { servers: url, ...server };
};
