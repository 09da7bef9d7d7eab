import { ErrorCode, YTaskError } from "@ytask/core/driver";
import type { Cluster, Redis, RedisOptions } from "ioredis";

/** What ioredis connects with: one server or a Sentinel group, or a Cluster. */
export type RedisClient = Redis | Cluster;

/** How to reach Redis. Name either `url` (with or without `redis`), `redis`, or `client`. */
export interface RedisConnectionOptions {
  /** `redis://user:password@host:6379/0`; `rediss://` for TLS. Default `redis://127.0.0.1:6379`. */
  readonly url?: string | undefined;
  /**
   * A Redis, Sentinel or Cluster client of yours, made with ioredis. It is only a pattern: every connection is a
   * duplicate of it that the driver opens and closes; yours is neither used nor closed.
   */
  readonly client?: RedisClient | undefined;
  /** More of ioredis' options: `tls`, `username`, `password`, `sentinels` and `name`, `db`, `family` … */
  readonly redis?: RedisOptions | undefined;
  /** The longest that one attempt to connect may take, in milliseconds. Default 3,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** The longest that a call may take, in milliseconds, reconnects included. Default 4,000. */
  readonly commandTimeoutMs?: number | undefined;
}

/** Throws `InvalidArgument` for options that contradict each other or cannot work. */
export function checkConnectionOptions(options: RedisConnectionOptions): void {
  if (options.client !== undefined && (options.url !== undefined || options.redis !== undefined))
    refuse("name either client, or url and redis, not both");
  const inUrl = URL.canParse(options.url ?? "")
    ? new URL(options.url ?? "").searchParams
    : new URLSearchParams();
  const prefix = options.redis?.keyPrefix ?? options.client?.options.keyPrefix ?? inUrl.get("keyPrefix");
  if (prefix)
    refuse(
      "keyPrefix is not supported, since queues and results have fixed names; use a database of its own",
    );
  for (const name of ["connectTimeoutMs", "commandTimeoutMs"] as const) {
    const value = options[name];
    if (value !== undefined && !(value > 0 && value <= 2_147_483_647))
      refuse(`${name} must be a number of milliseconds above 0`);
  }
}

function refuse(message: string): never {
  throw new YTaskError(ErrorCode.InvalidArgument, message);
}
