import { RedisBackend } from "@ytask/backend-redis";
import { type QueueType, RabbitMqBroker } from "@ytask/broker-rabbitmq";
import { RedisBroker } from "@ytask/broker-redis";
import { Client, type ClientOptions, Server } from "@ytask/core";
import type { Backend, Broker } from "@ytask/core/driver";
import { MemoryBackend, MemoryBroker } from "@ytask/core/memory";
import type { Contestant, Servers, Session } from "../contestant.js";
import { inWindows } from "../in-windows.js";

interface Drivers {
  readonly broker: Broker;
  /** None where no results are kept. */
  readonly backend?: Backend;
}

const silent = { debug() {}, info() {}, warn: console.warn, error: console.error };

/** @param drivers makes the drivers of one process: the client and the server here have each their own */
async function open(
  drivers: () => Drivers,
  queue: string,
  more: Pick<ClientOptions, "statusExpires"> = {},
): Promise<Session> {
  const own = drivers();
  const client = new Client({ ...own, ...more, logger: silent });
  const ids: string[] = [];
  return {
    async send({ index, text }) {
      ids.push((await client.send(queue, "echo", [index, text])).id);
    },
    async sendMany(payloads) {
      const requests = payloads.map(({ index, text }) => ({
        group: queue,
        name: "echo",
        args: [index, text],
      }));
      for (const { id } of await client.sendMany(requests)) ids.push(id);
    },
    async sendDelayed({ index, text }, runAfterMs) {
      ids.push((await client.send(queue, "echo", [index, text], { runAfterMs })).id);
    },
    async call({ index, text }) {
      const task = await client.send(queue, "echo", [index, text]);
      ids.push(task.id);
      return task.value();
    },
    async serve(concurrency, run, onDone) {
      const server = new Server({ ...drivers(), ...more, logger: silent });
      server.add(queue, "echo", async (index: number, _text: string) => {
        run(index);
        return index;
      });
      server.on("succeeded", onDone);
      await server.run(queue, { concurrency });
      return { stop: () => server.shutdown() };
    },
    ...(own.backend === undefined ? {} : withResults(client, ids)),
    close: () => client.close(),
  };
}

const withResults = (client: Client, ids: readonly string[]): Pick<Session, "written" | "results"> => ({
  // Nobody waits for the status Sent but who reads a status.
  written: async () => client.getStatus(ids.at(-1) ?? "none"),
  results: () => inWindows(ids, async (id) => (await client.getResult(id)).get(0)),
});

export const ytaskMemory: Contestant = {
  name: "YTask, memory",
  store: "memory",
  guarantees: "nothing outlives the process; results kept",
  packages: ["@ytask/core"],
  can: new Set(["sendMany", "sendDelayed", "call"]),
  open: (_servers, queue) => {
    const drivers = { broker: new MemoryBroker(), backend: new MemoryBackend() };
    return open(() => drivers, queue);
  },
};

const redisBackend = ({ redisUrl }: Servers): Backend => new RedisBackend({ url: redisUrl });

const redisDrivers = (servers: Servers) => (): Drivers => ({
  broker: new RedisBroker({ url: servers.redisUrl }),
  backend: redisBackend(servers),
});

export const ytaskRedis: Contestant = {
  name: "YTask, Redis",
  store: "redis",
  guarantees: "append-only file, everysec; statuses and results kept",
  packages: ["@ytask/core", "@ytask/broker-redis", "@ytask/backend-redis", "ioredis"],
  can: new Set(["sendMany", "sendDelayed", "call", "processes"]),
  open: (servers, queue) => open(redisDrivers(servers), queue),
};

/** Statuses of unfinished tasks are what the others do not store; without them it stores what they do. */
export const ytaskRedisResults: Contestant = {
  ...ytaskRedis,
  name: "YTask, Redis, results only",
  guarantees: "append-only file, everysec; results kept, no statuses (`statusExpires: 0`)",
  open: (servers, queue) => open(redisDrivers(servers), queue, { statusExpires: 0 }),
};

const rabbitMqAlone = (servers: Servers, queueType: QueueType) => (): Drivers => ({
  broker: new RabbitMqBroker({ url: servers.amqpUrl, queueType }),
});

const rabbitMqDrivers = (servers: Servers, queueType: QueueType) => (): Drivers => ({
  ...rabbitMqAlone(servers, queueType)(),
  backend: redisBackend(servers),
});

export const ytaskRabbitMq: Contestant = {
  name: "YTask, RabbitMQ",
  store: "rabbitmq",
  guarantees: "persistent and confirmed, classic queue; statuses and results kept in Redis",
  packages: ["@ytask/core", "@ytask/broker-rabbitmq", "@ytask/backend-redis", "amqplib", "ioredis"],
  can: new Set(["sendMany", "sendDelayed", "call", "processes"]),
  open: (servers, queue) => open(rabbitMqDrivers(servers, "classic"), queue),
};

export const ytaskRabbitMqQuorum: Contestant = {
  ...ytaskRabbitMq,
  name: "YTask, RabbitMQ, quorum",
  guarantees: "persistent and confirmed, quorum queue; statuses and results kept in Redis",
  can: new Set(),
  open: (servers, queue) => open(rabbitMqDrivers(servers, "quorum"), queue),
};

/** What bare amqplib does, and nothing more. */
export const ytaskRabbitMqAlone: Contestant = {
  ...ytaskRabbitMq,
  name: "YTask, RabbitMQ, no results",
  guarantees: "persistent and confirmed, classic queue; no results",
  packages: ["@ytask/core", "@ytask/broker-rabbitmq", "amqplib"],
  can: new Set(),
  open: (servers, queue) => open(rabbitMqAlone(servers, "classic"), queue),
};

export const ytaskRabbitMqQuorumAlone: Contestant = {
  ...ytaskRabbitMqAlone,
  name: "YTask, RabbitMQ, quorum, no results",
  guarantees: "persistent and confirmed, quorum queue; no results",
  open: (servers, queue) => open(rabbitMqAlone(servers, "quorum"), queue),
};
