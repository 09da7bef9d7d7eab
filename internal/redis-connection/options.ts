import type { Cluster, Redis, RedisOptions } from "ioredis";

/** What ioredis connects with: one server or a Sentinel group, or a Cluster. */
export type RedisClient = Redis | Cluster;

/** How to reach Redis. Name either `url` (with or without `redis`), `redis`, or `client`. */
export interface RedisConnectionOptions {
  /**
   * `redis://user:password@host:6379/0`; `rediss://` for TLS; or a Unix socket's path. Default `redis://127.0.0.1:6379`.
   */
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
