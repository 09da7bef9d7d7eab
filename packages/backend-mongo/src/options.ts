import {
  checkOptions,
  ErrorCode,
  type Rule,
  type Rules,
  redact,
  rules,
  YTaskError,
} from "@ytask/core/driver";
import { MongoClient } from "mongodb";

export interface MongoBackendOptions {
  /** `mongodb://` or `mongodb+srv://`, with credentials, replica set and TLS as MongoDB's driver takes them. */
  readonly url?: string | undefined;
  /** Instead of `url`: your own client, with its own settings. It is connected if it is not, and never closed. */
  readonly client?: MongoClient | undefined;
  /** At most 63 bytes, without any of `/\. "$`. Default `task`. */
  readonly database?: string | undefined;
  /**
   * Without `$`, and not a name of MongoDB's own (`system.…`); at most 254 bytes together with the database's name.
   * Default `task`.
   */
  readonly collection?: string | undefined;
  /** The most connections to each server; only for a `url` that sets no `maxPoolSize`. Default 10. */
  readonly poolSize?: number | undefined;
  /**
   * How long one call to the server may take, in milliseconds. A call that takes longer fails, and its connection is
   * destroyed, so that nothing of it is sent later. Default 1,000.
   */
  readonly commandTimeoutMs?: number | undefined;
}

/** The options with their defaults. */
export interface Settings {
  readonly client: MongoClient;
  /** Whether the client is ours to close. */
  readonly ownsClient: boolean;
  readonly database: string;
  readonly collection: string;
  readonly commandTimeoutMs: number;
}

const defaultPoolSize = 10;

/** How long finding and reaching a server may take: less than core waits for a connect. */
const connectTimeoutMs = 2_000;

const databaseRule: Rule = (value) =>
  typeof value === "string" && /^[^\0/\\. "$]+$/.test(value) && Buffer.byteLength(value) <= 63
    ? undefined
    : 'a string of 1 to 63 bytes without any of /\\. "$';

const collectionRule: Rule = (value) =>
  typeof value === "string" && /^(?!system\.|\.)[^\0$]+$/.test(value)
    ? undefined
    : 'a string that is not empty, without $, that begins with neither a dot nor "system."';

/** The longest namespace in bytes: the names of the database and the collection, with a dot between. */
const longestNamespaceBytes = 255;

const allowed: Rules = {
  url: rules.text,
  client: (value) => rules.methods("connect", "db")(value) && "a MongoClient",
  database: databaseRule,
  collection: collectionRule,
  poolSize: rules.positiveCount,
  commandTimeoutMs: rules.positiveMilliseconds,
};

/** @throws YTaskError `InvalidArgument` */
export function readOptions(options: MongoBackendOptions = {}): Settings {
  checkOptions(options, allowed, "new MongoBackend: options");
  const { client, url, database = "task", collection = "task" } = options;
  if ((client === undefined) === (url === undefined))
    throw invalid("give the MongoDB backend either `url` or `client`, and not both");
  if (client !== undefined && options.poolSize !== undefined)
    throw invalid(
      "`poolSize` of the MongoDB backend goes with `url`; a client of your own has its own maxPoolSize",
    );
  if (Buffer.byteLength(`${database}.${collection}`) > longestNamespaceBytes)
    throw invalid(
      `database and collection of the MongoDB backend have more than ${longestNamespaceBytes - 1} bytes together`,
    );
  const used = client ?? makeClient(url ?? "", options.poolSize);
  if (used.options?.writeConcern?.w === 0)
    throw invalid(
      "the MongoDB backend needs a write concern of at least w=1: with w=0 the server does not say what it stored",
    );
  return {
    client: used,
    ownsClient: client === undefined,
    database,
    collection,
    commandTimeoutMs: options.commandTimeoutMs ?? 1_000,
  };
}

/** Settings in the URL stand; the rest are set as this backend needs them. */
function makeClient(url: string, poolSize: number | undefined): MongoClient {
  const given = urlOptions(url);
  if (poolSize !== undefined && given.has("maxpoolsize"))
    throw invalid("give the MongoDB backend either `poolSize` or maxPoolSize in the url, and not both");
  const ours = {
    appName: "ytask",
    maxPoolSize: poolSize ?? Math.max(defaultPoolSize, Number(given.get("minpoolsize")) || 0),
    serverSelectionTimeoutMS: connectTimeoutMs,
    connectTimeoutMS: connectTimeoutMs,
  };
  const missing = Object.entries(ours).filter(([name]) => !given.has(name.toLowerCase()));
  try {
    return new MongoClient(url, Object.fromEntries(missing));
  } catch (error) {
    // Without the cause: MongoDB's own error may show the URL with its password.
    throw invalid(
      `the url of the MongoDB backend is refused: ${redact(error instanceof Error ? error.message : "")}`,
    );
  }
}

/** The options in a URL, by their names in lower case: MongoDB ignores case in them. */
function urlOptions(url: string): ReadonlyMap<string, string> {
  const [, query = ""] = /^[^/]+:\/\/(?:[^:@]*(?::[^@]*)?@)?[^/?@]+[^?]*\?(.*)$/.exec(url) ?? [];
  return new Map([...new URLSearchParams(query)].map(([name, value]) => [name.toLowerCase(), value]));
}

const invalid = (message: string) => new YTaskError(ErrorCode.InvalidArgument, message);
