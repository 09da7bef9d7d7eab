import { bounded } from "@ytask/core/driver";
import { type Cluster, Redis, type RedisOptions } from "ioredis";
import type { RedisClient, RedisConnectionOptions } from "../options.js";

/** Reconnects often: after an outage a server must renew its lease before others may treat its work as abandoned. */
const reconnectDelayMs = (attempt: number): number => Math.min(50 * attempt, 500);

/**
 * What a driver needs from every connection, whatever the user's options say: nothing is kept for later, nothing is
 * sent twice, pending calls fail when the connection does, and a dead socket is destroyed at once.
 */
const always = {
  lazyConnect: true,
  enableOfflineQueue: false,
  enableReadyCheck: true,
  autoResendUnfulfilledCommands: false,
  // ioredis does not catch errors of its own resubscribing after a reconnect: if the next break interrupts it, the
  // process would end. The watcher resubscribes by itself.
  autoResubscribe: false,
  // 0 makes ioredis reject the calls in flight when the connection closes; otherwise they would never settle.
  maxRetriesPerRequest: 0,
  retryStrategy: reconnectDelayMs,
  // An error reply does not end the connection: a script that Redis forgot is sent again on the same one.
  reconnectOnError: null,
  disconnectTimeout: 50,
  enableAutoPipelining: false,
  readOnly: false,
  // `Connection` has its own bounds. With these, ioredis would break off each wait for a message, and leave it at the
  // server with the next one behind it.
  commandTimeout: undefined,
  socketTimeout: undefined,
  blockingTimeout: undefined,
  // Numbers in answers are compared with numbers.
  stringNumbers: false,
  // Behind a Sentinel: leave a master when it is replaced. Otherwise that happens only some ten seconds later, when it
  // becomes a replica and what it took meanwhile is wiped.
  failoverDetector: true,
} as const satisfies RedisOptions;

/** Makes a client that is not yet connected. */
export function openClient(options: RedisConnectionOptions, connectTimeoutMs: number): RedisClient {
  const override: RedisOptions = { ...always, connectTimeout: connectTimeoutMs };
  if (options.client !== undefined && isCluster(options.client))
    return duplicateCluster(options.client, override);
  // The query of a URL wins over the options beside it, but not over those of a duplicate.
  const pattern = options.client ?? patternOf(options);
  return pattern.duplicate({ ...override, ...sentinelBound(pattern.options, connectTimeoutMs) });
}

function patternOf({ url, redis }: RedisConnectionOptions): Redis {
  const own: RedisOptions = { host: "127.0.0.1", ...redis, lazyConnect: true };
  return url === undefined ? new Redis(own) : new Redis(url, own);
}

/**
 * Leaves time to ask each Sentinel, and to connect. By itself ioredis gives the first as long as the whole may take, and
 * would never ask another if that one is silent.
 */
const sentinelBound = ({ sentinels }: RedisOptions, connectTimeoutMs: number): RedisOptions =>
  sentinels == null || sentinels.length === 0
    ? {}
    : { sentinelCommandTimeout: Math.floor(connectTimeoutMs / (sentinels.length + 1)) };

/**
 * Connects to each master of a Cluster as soon as it is known. By itself ioredis connects at a node's first call, and
 * until that is done it rejects further calls as if the connection had broken.
 */
export function connectMasters(cluster: Cluster): void {
  cluster.on("+node", (node: Redis) => {
    if (node.status !== "wait" || node.options.readOnly) return;
    node.connect().catch(() => {
      // The node's calls report it.
    });
  });
}

/**
 * Resolves once the masters of a Cluster can be called. One that is down or hangs concerns only its own keys, so this
 * rejects only if none can be reached.
 *
 * @param boundMs how long to wait for a master, in milliseconds; it may still connect later
 */
export async function mastersReady(cluster: Cluster, boundMs: number): Promise<void> {
  const notInTime = (): never => {
    throw new Error(`no master was ready within ${boundMs} ms`);
  };
  const outcomes = await Promise.allSettled(
    cluster.nodes("master").map((node) => bounded(nodeReady(node), boundMs, notInTime)),
  );
  const failed = outcomes.filter((outcome) => outcome.status === "rejected");
  if (failed.length === outcomes.length && failed[0] !== undefined) throw failed[0].reason;
}

const nodeReady = (node: Redis): Promise<void> =>
  new Promise((resolve, reject) => {
    if (node.status === "ready") return resolve();
    let lastError: Error = new Error("a master's connection was closed");
    node.on("error", (error: Error) => {
      lastError = error;
    });
    node.once("ready", resolve);
    node.once("close", () => reject(lastError));
    node.once("end", () => reject(lastError));
  });

/** Checks a property, since a client of another copy of ioredis is not an instance of our class. */
export const isCluster = (client: RedisClient): client is Cluster => client.isCluster;

function duplicateCluster(cluster: Cluster, override: RedisOptions): Cluster {
  return cluster.duplicate([], {
    lazyConnect: true,
    enableOfflineQueue: false,
    // ioredis would ask one node at random whether the Cluster works, and wait for the answer however long it takes:
    // for ever, where that node hangs. `mastersReady` waits for those that do not.
    enableReadyCheck: false,
    enableAutoPipelining: false,
    scaleReads: "master",
    // Longer than the nodes may take to close: ioredis removes a node by its address when it has, and would remove the
    // new one.
    clusterRetryStrategy: (attempt: number) => reconnectDelayMs(attempt + 2),
    // 0: a call whose connection closed may have happened, so ioredis must not send it again by itself.
    retryDelayOnFailover: 0,
    redisOptions: { ...cluster.options.redisOptions, ...override },
  });
}
