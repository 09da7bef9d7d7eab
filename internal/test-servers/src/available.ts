import { whyNoFerretDb } from "./ferretdb.js";
import { findProgram } from "./find-program.js";
import { findRabbitMq } from "./rabbitmq-installation.js";

export type ServerKind = "redis" | "rabbitmq" | "memcached" | "mongo";

export type Availability = { yes: true } | { yes: false; reason: string };

/** The environment variable that names a running server of each kind, for tests to use instead of their own. */
export const urlVariables = {
  redis: "REDIS_URL",
  rabbitmq: "AMQP_URL",
  memcached: "MEMCACHED_SERVERS",
  mongo: "MONGO_URL",
} as const satisfies Record<ServerKind, string>;

const whyNotInstalled: Record<ServerKind, () => string | undefined> = {
  redis: () => missing("redis-server") ?? missing("redis-cli"),
  rabbitmq: () => (findRabbitMq() ? undefined : "rabbitmq-server is not installed"),
  memcached: () => missing("memcached"),
  mongo: () => {
    const mongod = missing("mongod");
    const ferretDb = mongod && whyNoFerretDb();
    return ferretDb && `${mongod}; ${ferretDb}`;
  },
};

/** Whether tests can start a server of this kind: what tests need that kill it, or fill it, or set it up. */
export const installed = (kind: ServerKind): Availability => {
  const known = preparedServers()[kind];
  if (known) return known;
  const reason = whyNotInstalled[kind]();
  return reason === undefined ? { yes: true } : { yes: false, reason };
};

/** Whether tests can have a server of this kind, be it from the environment or their own. */
export const available = (kind: ServerKind): Availability => {
  if (process.env[urlVariables[kind]]) return { yes: true };
  const found = installed(kind);
  return found.yes ? found : { yes: false, reason: `${urlVariables[kind]} is not set; ${found.reason}` };
};

/**
 * What `npm test` found when it set the servers up. It is part of turbo's cache key too, so that a run with more
 * servers than the last does not take over that one's skips.
 */
const preparedServers = (): Partial<Record<ServerKind, Availability>> =>
  JSON.parse(process.env.YTASK_TEST_SERVERS || "{}");

const missing = (program: string): string | undefined =>
  findProgram(program) ? undefined : `${program} is not on PATH`;
