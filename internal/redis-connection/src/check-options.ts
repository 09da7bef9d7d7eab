import { checkOptions, ErrorCode, type Rule, type Rules, rules, YTaskError } from "@ytask/core/driver";
import type { RedisConnectionOptions } from "../options.js";

/** The longest time that a timer holds. */
const longestMs = 2_147_483_647;

const duration: Rule = (value) =>
  typeof value === "number" && value > 0 && value <= longestMs
    ? undefined
    : `a number of milliseconds above 0 and up to ${longestMs}`;

const connectionRules: Rules = {
  url: wantedOfUrl,
  // Recognised by the methods that are used, since a client of another copy of ioredis is not an instance of our class.
  client: (value) =>
    isObject(value) && isObject(value.options) && typeof value.status === "string" && isClient(value)
      ? undefined
      : "a Redis or a Cluster made with ioredis",
  redis: (value) =>
    isObject(value) && !isClient(value)
      ? undefined
      : "an object with options of ioredis; give a client as client",
  connectTimeoutMs: duration,
  commandTimeoutMs: duration,
};

/**
 * Refuses options that do not exist, contradict each other or cannot work. The error shows no value, which may hold a
 * password.
 *
 * @param place what the options are called in an error, such as `new RedisBroker: options`
 * @param more rules for the options that the driver has besides these
 * @throws YTaskError `InvalidArgument`
 */
export function checkConnectionOptions(
  options: RedisConnectionOptions,
  place: string,
  more: Rules = {},
): void {
  checkOptions(options, { ...connectionRules, ...more }, place);
  const refuse = (problem: string): never => {
    throw new YTaskError(ErrorCode.InvalidArgument, place + problem);
  };
  const { url, client, redis } = options;
  if (client !== undefined && (url !== undefined || redis !== undefined))
    refuse(": name either client, or url and redis, not both");
  const query = url === undefined ? undefined : parsed(url)?.searchParams;
  if (redis?.keyPrefix || client?.options.keyPrefix || query?.get("keyPrefix"))
    refuse(
      ": keyPrefix is not supported, since queues and results have fixed names; use a database of its own",
    );
  const databases = {
    ".redis.db": redis?.db,
    ".client.options.db": client !== undefined && "db" in client.options ? client.options.db : undefined,
    ".url: db": query?.get("db"),
  };
  for (const [where, database] of Object.entries(databases))
    if (!/^\d+$/.test(`${database ?? 0}`)) refuse(`${where} must be the number of a database, 0 or above`);
}

/** What a URL must be, if it is not; undefined if it is. */
function wantedOfUrl(value: unknown): string | undefined {
  const url = rules.string(value) === undefined ? parsed(value as string) : undefined;
  if (url === undefined)
    return "redis://user:password@host:6379/0, rediss://… for TLS, or a socket's path; what is special in a password is percent-encoded";
  if (url.protocol === "unix:") return undefined;
  if (!/^\/?\d*$/.test(url.pathname))
    return "followed by the number of a database or nothing, as in redis://127.0.0.1:6379/0";
  return isEncoded(url.username) && isEncoded(url.password)
    ? undefined
    : "given with user and password percent-encoded: % is %25";
}

/** The parsed URL; undefined if it is not a URL of Redis. */
function parsed(url: string): URL | undefined {
  if (/^\/[^/]/.test(url)) return new URL(`unix:${url}`);
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) return undefined;
  const parts = new URL(url);
  return parts.hostname === "" || parts.hash !== "" ? undefined : parts;
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isClient = (value: Record<string, unknown>): boolean => typeof value.duplicate === "function";
