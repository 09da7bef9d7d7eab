import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { freePort } from "./free-port.js";
import { type RedisServer, startRedis } from "./redis.js";
import { waitUntil } from "./wait-until.js";

/** Three masters (nodes 0 to 2 as they start), each with one replica (nodes 3 to 5). */
export interface RedisCluster {
  readonly nodes: { host: string; port: number }[];
  /** Ends one node, with SIGKILL by default; its replica takes over after about two seconds. */
  kill(index: number, signal?: NodeJS.Signals): Promise<void>;
  /** Starts a node again after `kill`. */
  start(index: number): Promise<void>;
  /** Freezes a node: its connections stay open, and nothing is answered. Its replica takes over as after `kill`. */
  pause(index: number): void;
  /** Lets it go on after `pause`. */
  resume(index: number): void;
  /** What redis-cli prints for this command on one node. */
  command(index: number, ...command: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Starts six nodes on free ports and resolves once the cluster serves every slot and its replicas are in sync. */
export const startRedisCluster = async (): Promise<RedisCluster> => {
  const servers = await startNodes();
  const nodes = servers.map(({ host, port }) => ({ host, port }));
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    const addresses = nodes.map(({ host, port }) => `${host}:${port}`);
    await promisify(execFile)("redis-cli", [
      ...["--cluster", "create", ...addresses, "--cluster-replicas", "1", "--cluster-yes"],
    ]);
    await waitUntil("the cluster serves and its replicas are in sync", async () => {
      const answers = await Promise.all(servers.map(isInSync));
      return answers.every((answer) => answer);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  const node = (index: number): RedisServer => {
    const server = servers[index];
    if (!server)
      throw new RangeError(`The cluster has nodes 0 to ${servers.length - 1}, and none of ${index}`);
    return server;
  };
  return {
    nodes,
    kill: (index, signal) => node(index).kill(signal),
    start: (index) => node(index).start(),
    pause: (index) => node(index).pause(),
    resume: (index) => node(index).resume(),
    command: (index, ...command) => node(index).command(...command),
    stop,
  };
};

const startNodes = async (): Promise<RedisServer[]> =>
  Promise.all(
    Array.from({ length: 6 }, async () => {
      // The bus is named rather than left at port + 10,000, which may be taken.
      const busPort = String(await freePort());
      const cluster = [
        "--cluster-enabled",
        "yes",
        "--cluster-port",
        busPort,
        "--cluster-node-timeout",
        "2000",
      ];
      return startRedis({ arguments: cluster });
    }),
  );

const isInSync = async (server: RedisServer): Promise<boolean> => {
  const cluster = await server.command("CLUSTER", "INFO");
  const replication = await server.command("INFO", "replication");
  const isReplicaInSync =
    replication.includes("role:master") || replication.includes("master_link_status:up");
  return (
    cluster.includes("cluster_state:ok") && cluster.includes("cluster_slots_ok:16384") && isReplicaInSync
  );
};
