import { ErrorCode, type Logger, YTaskError } from "@ytask/core/driver";
import type { Redis } from "ioredis";
import type { RedisClient } from "../options.js";
import { isReply } from "./explain-error.js";
import { isCluster } from "./open-client.js";

const oldest = [6, 2] as const;

/**
 * Inspects a server. If `durable` is asked for, warns of settings under which accepted work can be lost.
 *
 * @throws YTaskError `UnsupportedServer` for a server older than 6.2 and for a read-only replica, `InvalidArgument` for
 * a node of a Cluster that is used as a single server
 */
export async function inspectServer(
  client: RedisClient,
  where: string,
  logger: Logger,
  durable: boolean,
): Promise<void> {
  const node = isCluster(client) ? firstReady(client.nodes("master")) : client;
  const info = await node?.info().catch((error: unknown) => {
    // A user may be forbidden INFO by the ACL and still be able to work; then the server's version is up to the user.
    if (isReply(error) && error.message.startsWith("NOPERM")) return undefined;
    throw error;
  });
  if (info === undefined) return;
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\r?$`, "m").exec(info)?.[1];
  checkVersion(field("redis_version"), where);
  if (field("redis_mode") === "cluster" && !isCluster(client))
    throw new YTaskError(
      ErrorCode.InvalidArgument,
      `Redis at ${where} is a node of a Cluster, which takes no calls for keys of several slots; give a Cluster of ` +
        "ioredis as client",
    );
  if (field("role") === "slave")
    throw new YTaskError(
      ErrorCode.UnsupportedServer,
      `Redis at ${where} is a read-only replica; connect to its master, or through Sentinel`,
    );
  if (durable) warnOfLoss(field, where, logger);
}

/** A master of a Cluster that can be asked: another may be down. */
const firstReady = (masters: readonly Redis[]): Redis | undefined =>
  masters.find(({ status }) => status === "ready") ?? masters[0];

function checkVersion(version: string | undefined, where: string): void {
  if (version === undefined) return;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  throw new YTaskError(
    ErrorCode.UnsupportedServer,
    `Redis at ${where} is version ${version}; YTask needs ${oldest.join(".")} or later`,
  );
}

function warnOfLoss(field: (name: string) => string | undefined, where: string, logger: Logger): void {
  if (field("aof_enabled") === "0")
    logger.warn(
      "Redis keeps no append-only file: accepted tasks are lost when it crashes or restarts; set appendonly yes",
      { server: where },
    );
  const policy = field("maxmemory_policy");
  if (field("maxmemory") !== "0" && policy !== undefined && policy !== "noeviction")
    logger.warn(
      `Redis may delete queues when its memory is full (maxmemory-policy ${policy}); set it to noeviction`,
      { server: where },
    );
}
