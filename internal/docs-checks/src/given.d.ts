/** What blocks of code use that their page introduced, or leaves to the reader. */
import type * as Memcache from "@ytask/backend-memcache";
import type * as Mongo from "@ytask/backend-mongo";
import type * as RedisResults from "@ytask/backend-redis";
import type * as RabbitMq from "@ytask/broker-rabbitmq";
import type * as Redis from "@ytask/broker-redis";
import type * as Core from "@ytask/core";
import type { Backend, Broker } from "@ytask/core/driver";
import type * as TestServers from "@ytask-internal/test-servers";
import type * as Ioredis from "ioredis";
import type * as Vitest from "vitest";

declare global {
  const broker: Broker;
  const backend: Backend;
  const client: Core.Client;
  const server: Core.Server;
  const task: Core.TaskHandle<unknown, readonly [unknown, ...unknown[]]>;
  const logger: Core.Logger;

  const Client: typeof Core.Client;
  const Server: typeof Core.Server;
  const ErrorCode: typeof Core.ErrorCode;
  const PermanentError: typeof Core.PermanentError;
  const TaskFailed: typeof Core.TaskFailed;
  const YTaskError: typeof Core.YTaskError;
  const returns: typeof Core.returns;
  const withContext: typeof Core.withContext;
  const withOptions: typeof Core.withOptions;
  const RedisBroker: typeof Redis.RedisBroker;
  const RedisBackend: typeof RedisResults.RedisBackend;
  const RabbitMqBroker: typeof RabbitMq.RabbitMqBroker;
  const MemcacheBackend: typeof Memcache.MemcacheBackend;
  const MongoBackend: typeof Mongo.MongoBackend;
  const Cluster: typeof Ioredis.Cluster;

  type SharedServer = TestServers.SharedServer;
  const describeWithServer: typeof TestServers.describeWithServer;
  const describeWithOwnServer: typeof TestServers.describeWithOwnServer;
  const sharedRedis: typeof TestServers.sharedRedis;
  const startRedis: typeof TestServers.startRedis;
  const test: typeof Vitest.test;
  const beforeAll: typeof Vitest.beforeAll;
  const afterAll: typeof Vitest.afterAll;

  const url: string;
  const ca: string;
  const tasks: { readonly mail: { readonly welcome: (id: number) => void } };
  function observe(...what: unknown[]): void;
  const user: { id: number; name: string };
  const order: { id: string };
  function busy(): Promise<boolean>;
}
