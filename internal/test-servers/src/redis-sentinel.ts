import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dataFolder } from "./data-folder.js";
import { freePort } from "./free-port.js";
import { answersPing, type RedisServer, redisCli, startRedis } from "./redis.js";
import { ServerProcess } from "./server-process.js";
import { started, type TestServer, testServer } from "./test-server.js";
import { waitUntil } from "./wait-until.js";

/** A master with one replica, and one Sentinel that watches both. */
export interface RedisSentinel {
  /** By which the Sentinel knows the master. */
  readonly name: string;
  readonly sentinels: { host: string; port: number }[];
  /** The master as they start, then its replica. */
  readonly servers: readonly [RedisServer, RedisServer];
  /** Makes the replica the master and the master a replica, and resolves once the Sentinel names the new one. */
  failover(): Promise<void>;
  stop(): Promise<void>;
}

const name = "ytask";
const host = "127.0.0.1";

/**
 * Starts them on free ports and resolves once the Sentinel knows the replica, which is in sync. A master that is gone is
 * replaced after about two seconds.
 */
export const startRedisSentinel = async (): Promise<RedisSentinel> => {
  const running: TestServer[] = [];
  const stop = async () => {
    await Promise.all(running.map((server) => server.stop()));
  };
  const note = <Server extends TestServer>(server: Server): Server => {
    running.push(server);
    return server;
  };
  try {
    const master = note(await startRedis());
    const replica = note(await startRedis({ arguments: ["--replicaof", host, String(master.port)] }));
    await waitUntil("the replica is in sync", async () =>
      (await replica.command("INFO", "replication")).includes("master_link_status:up"),
    );
    const sentinel = note(await startSentinel(master.port));
    const command = redisCli(sentinel.port);
    await waitUntil("the Sentinel knows the replica", async () =>
      (await command("SENTINEL", "REPLICAS", name)).includes("\nmaster-link-status\nok\n"),
    );
    return {
      name,
      sentinels: [{ host, port: sentinel.port }],
      servers: [master, replica],
      async failover() {
        const before = await command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name);
        const answer = await command("SENTINEL", "FAILOVER", name);
        if (answer !== "OK") throw new Error(`The Sentinel refused to fail over: ${answer}`);
        await waitUntil(
          "the Sentinel names the new master",
          async () => (await command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name)) !== before,
        );
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const startSentinel = async (masterPort: number): Promise<TestServer> => {
  const folder = dataFolder("redis-sentinel");
  const port = await freePort();
  // A Sentinel writes what it learns into its configuration.
  const configuration = join(folder.path, "sentinel.conf");
  const lines = [
    `port ${port}`,
    `bind ${host}`,
    `sentinel monitor ${name} ${host} ${masterPort} 1`,
    `sentinel down-after-milliseconds ${name} 1000`,
    `sentinel failover-timeout ${name} 5000`,
  ];
  writeFileSync(configuration, `${lines.join("\n")}\n`);
  const command = redisCli(port);
  const sentinel = new ServerProcess({
    program: "redis-server",
    arguments: [configuration, "--sentinel"],
    folder: folder.path,
    port,
    isReady: () => answersPing(command),
  });
  return started(testServer(port, folder, sentinel));
};
