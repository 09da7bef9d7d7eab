import { join } from "node:path";
import { aptInstall } from "./apt.mjs";
import { root } from "./root.mjs";
import { read } from "./run.mjs";

/** @typedef {{ yes: true } | { yes: false, reason: string }} Availability */

/** What apt has, and what its tests want beside it; MongoDB is not in Debian. */
const packages = [
  { kind: "redis", variable: "REDIS_URL", name: "redis-server" },
  { kind: "rabbitmq", variable: "AMQP_URL", name: "rabbitmq-server" },
  { kind: "memcached", variable: "MEMCACHED_SERVERS", name: "memcached", beside: ["sasl2-bin"] },
];

/**
 * Finds out which servers tests can start, and installs with apt those that are neither there nor named by the
 * environment. The dependencies must have been installed.
 *
 * @returns {Promise<Record<string, Availability>>} by kind: redis, rabbitmq, memcached, mongo.
 */
export const prepareServers = async () => {
  console.error("Looking for servers to test on …");
  const found = await findServers();
  const wanted = packages.filter(({ kind, variable }) => !found[kind]?.yes && !process.env[variable]);
  if (wanted.length === 0) return found;
  const failures = await aptInstall(wanted.flatMap(({ name, beside = [] }) => [name, ...beside]));
  const foundNow = await findServers();
  for (const { kind, name } of wanted) {
    const server = foundNow[kind];
    if (server?.yes === false)
      server.reason += `, and ${failures.get(name) ?? "apt-get did not change that"}`;
  }
  return foundNow;
};

/** @returns {Promise<Record<string, Availability>>} */
const findServers = async () => {
  const prepare = join(root, "internal/test-servers/src/prepare.ts");
  return JSON.parse(await read(process.execPath, ["--import", "tsx", prepare]));
};
