import { ErrorCode, YTaskError } from "@ytask/core/driver";
import type { RedisConnectionOptions } from "../options.js";

const allNames = ["url", "client", "redis", "connectTimeoutMs", "commandTimeoutMs"];

/**
 * Throws `InvalidArgument` for options that do not exist, contradict each other or cannot work. It tells no value, as
 * that may hold a password.
 *
 * @param more the names of options that the driver has beside these
 */
export function checkConnectionOptions(options: RedisConnectionOptions, more: readonly string[] = []): void {
  checkNames(options, [...allNames, ...more]);
  const { url, client, redis } = options;
  if (client !== undefined && (url !== undefined || redis !== undefined))
    refuse("name either client, or url and redis, not both");
  if (client !== undefined) checkClient(client);
  if (redis !== undefined) checkRedis(redis);
  const query = url === undefined ? new URLSearchParams() : queryOf(url);
  if (redis?.keyPrefix || client?.options.keyPrefix || query.get("keyPrefix"))
    refuse(
      "keyPrefix is not supported, since queues and results have fixed names; use a database of its own",
    );
  const ofClient = client !== undefined && "db" in client.options ? client.options.db : undefined;
  for (const db of [redis?.db, ofClient, query.get("db")])
    if (!/^\d+$/.test(`${db ?? 0}`)) refuse("db must be the number of a database, 0 or above");
  for (const name of ["connectTimeoutMs", "commandTimeoutMs"] as const) {
    const value = options[name];
    if (value !== undefined && !(typeof value === "number" && value > 0 && value <= 2_147_483_647))
      refuse(`${name} must be a number of milliseconds above 0`);
  }
}

function checkNames(options: unknown, allowed: readonly string[]): void {
  if (!isObject(options))
    refuse('the options of a Redis driver must be an object, such as { url: "redis://127.0.0.1:6379" }');
  for (const name of Object.keys(options))
    if (!allowed.includes(name))
      refuse(
        `there is no option "${name}"; there are ${allowed.join(", ")}, and options of ioredis go into redis`,
      );
}

/** By what is called of it, since a client of another copy of ioredis is no instance of this one's classes. */
function checkClient(client: unknown): void {
  const isOfIoredis = isObject(client) && isObject(client.options) && typeof client.status === "string";
  if (!isOfIoredis || typeof client.duplicate !== "function")
    refuse("client must be a Redis or a Cluster made with ioredis");
}

function checkRedis(redis: unknown): void {
  if (!isObject(redis)) refuse("redis must be an object with options of ioredis");
  if (typeof redis.duplicate === "function")
    refuse("redis must be an object with options of ioredis; give a client as client");
}

/** What a URL says behind its question mark. */
function queryOf(url: unknown): URLSearchParams {
  if (typeof url === "string" && /^\/[^/]/.test(url)) return new URLSearchParams(url.split("?")[1]);
  const parsed =
    typeof url === "string" && /^rediss?:\/\//.test(url) && URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || parsed.hostname === "" || parsed.hash !== "")
    refuse(
      "url must be redis://user:password@host:6379/0, rediss://… for TLS, or a socket's path; what is special in a password is percent-encoded",
    );
  if (!/^\/?\d*$/.test(parsed.pathname))
    refuse("what follows the host in url must be the number of a database, as in redis://127.0.0.1:6379/0");
  if (!isEncoded(parsed.username) || !isEncoded(parsed.password))
    refuse("user and password in url must be percent-encoded: % is %25");
  return parsed.searchParams;
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

function refuse(message: string): never {
  throw new YTaskError(ErrorCode.InvalidArgument, message);
}
