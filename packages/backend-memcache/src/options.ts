import { checkOptions, ErrorCode, type Rules, rules, YTaskError } from "@ytask/core/driver";
import { Client } from "memjs";
import { type Address, parseAddress } from "./address.js";
import { serverOf } from "./server-choice.js";

/** The parts of a memjs Client that are read. */
export interface MemjsClient {
  readonly servers: readonly {
    readonly host: string;
    readonly port: number | string;
    readonly username?: string | undefined;
    readonly password?: string | undefined;
  }[];
  /** The index of a key's server. */
  getServer(key: string): number | string;
}

export interface MemcacheBackendOptions {
  /**
   * `[user:password@]host[:port]` of each memcached, as a list or separated by commas. The order matters: a Go program
   * that shares the results must list the same servers in the same order. The default port is 11211.
   */
  readonly servers?: string | readonly string[] | undefined;
  /**
   * Instead of `servers`: a memjs Client. We open our own connections to its servers, with its credentials and, if it
   * was replaced, its `getServer`. The client itself stays yours: nothing is sent through it, and it is not closed.
   */
  readonly client?: MemjsClient | undefined;
  /** For SASL, if a server's own address names no user. memjs reads MEMCACHE_USERNAME and MEMCACHIER_USERNAME too. */
  readonly username?: string | undefined;
  /** For SASL, together with `username`. */
  readonly password?: string | undefined;
  /** Connections to each server. Commands are pipelined, so one is enough for most. Default 1. */
  readonly poolSize?: number | undefined;
  /**
   * How long a command and a connection attempt may take, in milliseconds. A command that takes longer fails, and its
   * connection is reset, so that it is not written later. Default 1,000.
   */
  readonly commandTimeoutMs?: number | undefined;
}

/** The options with their defaults. */
export interface Settings {
  readonly addresses: readonly Address[];
  readonly chooseServer: (key: string) => number;
  readonly poolSize: number;
  readonly commandTimeoutMs: number;
}

const allowed: Rules = {
  servers: (value) =>
    typeof value === "string" || (Array.isArray(value) && value.every((server) => typeof server === "string"))
      ? undefined
      : "a string, or an array of strings",
  client: (value) => rules.methods("getServer")(value) && "a Client of memjs",
  username: rules.string,
  password: rules.string,
  poolSize: rules.positiveCount,
  commandTimeoutMs: rules.positiveMilliseconds,
};

/** @throws YTaskError `InvalidArgument` */
export function readOptions(options: MemcacheBackendOptions = {}): Settings {
  checkOptions(options, allowed, "new MemcacheBackend: options");
  const { client } = options;
  if ((client === undefined) === (options.servers === undefined))
    throw invalid("give the memcached backend either `servers` or `client`, and not both");
  const addresses = (client ? addressesOf(client) : parseServers(options.servers ?? "")).map((address) => ({
    ...address,
    username: address.username ?? options.username,
    password: address.password ?? options.password,
  }));
  if (addresses.length === 0) throw invalid("the memcached backend needs at least one server");
  return {
    addresses,
    // memjs chooses differently from Go.
    chooseServer:
      client && client.getServer !== Client.prototype.getServer
        ? (key) => Number(client.getServer(key))
        : (key) => serverOf(key, addresses.length),
    poolSize: options.poolSize ?? 1,
    commandTimeoutMs: options.commandTimeoutMs ?? 1_000,
  };
}

const addressesOf = (client: MemjsClient): Address[] =>
  client.servers.map(({ host, port, username, password }) => ({
    host,
    port: Number(port),
    username: username || undefined,
    password: password || undefined,
  }));

const parseServers = (servers: string | readonly string[]): Address[] =>
  (typeof servers === "string" ? servers.split(",") : servers).map(parseAddress);

const invalid = (message: string) => new YTaskError(ErrorCode.InvalidArgument, message);
