import type { ServerKind } from "@ytask-internal/test-servers";

/** What somebody installs and writes to run tasks with a driver. */
export interface Consumer {
  readonly name: string;
  /** The server that it needs; undefined where it runs in memory. */
  readonly server: ServerKind | undefined;
  /** What is installed beside @ytask/core: drivers from their tarballs, a client library from the registry. */
  readonly drivers: readonly string[];
  readonly library: string | undefined;
  readonly imports: string;
  readonly broker: string;
  readonly backend: string;
}

const fromMemory = (name: string) => `import { ${name} } from "@ytask/core/memory";`;

export const consumers: readonly Consumer[] = [
  {
    name: "core",
    server: undefined,
    drivers: [],
    library: undefined,
    imports: fromMemory("MemoryBackend, MemoryBroker"),
    broker: "new MemoryBroker()",
    backend: "new MemoryBackend()",
  },
  {
    name: "broker-redis",
    server: "redis",
    drivers: ["@ytask/broker-redis"],
    library: "ioredis",
    imports: `import { RedisBroker } from "@ytask/broker-redis";\n${fromMemory("MemoryBackend")}`,
    broker: "new RedisBroker({ url: address })",
    backend: "new MemoryBackend()",
  },
  {
    name: "backend-redis",
    server: "redis",
    drivers: ["@ytask/backend-redis"],
    library: "ioredis",
    imports: `import { RedisBackend } from "@ytask/backend-redis";\n${fromMemory("MemoryBroker")}`,
    broker: "new MemoryBroker()",
    backend: "new RedisBackend({ url: address })",
  },
  {
    name: "broker-rabbitmq",
    server: "rabbitmq",
    drivers: ["@ytask/broker-rabbitmq"],
    library: "amqplib",
    imports: `import { RabbitMqBroker } from "@ytask/broker-rabbitmq";\n${fromMemory("MemoryBackend")}`,
    broker: "new RabbitMqBroker({ url: address })",
    backend: "new MemoryBackend()",
  },
  {
    name: "backend-memcache",
    server: "memcached",
    drivers: ["@ytask/backend-memcache"],
    library: "memjs",
    imports: `import { MemcacheBackend } from "@ytask/backend-memcache";\n${fromMemory("MemoryBroker")}`,
    broker: "new MemoryBroker()",
    backend: "new MemcacheBackend({ servers: address })",
  },
  {
    name: "backend-mongo",
    server: "mongo",
    drivers: ["@ytask/backend-mongo"],
    library: "mongodb",
    imports: `import { MongoBackend } from "@ytask/backend-mongo";\n${fromMemory("MemoryBroker")}`,
    broker: "new MemoryBroker()",
    backend: "new MongoBackend({ url: address })",
  },
];

/** A TypeScript program that runs one task and prints its value. ADDRESS and GROUP come from the environment. */
export const programOf = ({ imports, broker, backend }: Consumer): string => `
import { Client, Server } from "@ytask/core";
${imports}

const address = process.env.ADDRESS ?? "";
const group = process.env.GROUP ?? "group1";
const tasks = { [group]: { add: (a: number, b: number) => a + b } };

async function main(): Promise<void> {
  const broker = ${broker};
  const backend = ${backend};
  const server = new Server({ broker, backend });
  server.addAll(tasks);
  await server.run(group, { concurrency: 3 });
  const client = new Client<typeof tasks>({ broker, backend });
  const task = await client.send(group, "add", [123, 44]);
  const sum: number = await task.value({ timeoutMs: 30_000 });
  console.log(\`add(123, 44) = \${sum}\`, typeof address);
  await client.close();
  await server.shutdown();
}

void main();
`;
