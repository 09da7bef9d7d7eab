import { checkOptions, ErrorCode, type Rules, redact, rules, YTaskError } from "@ytask/core/driver";
import { MongoClient } from "mongodb";

export interface MongoBackendOptions {
  /** `mongodb://` or `mongodb+srv://`, with credentials, replica set and TLS as MongoDB's driver takes them. */
  readonly url?: string | undefined;
  /** Instead of `url`: a client of your own, with its own settings. It is connected where it is not, and never closed. */
  readonly client?: MongoClient | undefined;
  /** Default `task`. */
  readonly database?: string | undefined;
  /** Default `task`. */
  readonly collection?: string | undefined;
  /** The most connections to each server; with `url` only. Default 10. */
  readonly poolSize?: number | undefined;
  /**
   * How long one call to the server may take, in milliseconds. A call that took longer has failed, and its connection
   * is destroyed, so that nothing of it is sent later. Default 1,000.
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

/** How long finding and reaching a server may take: less than core waits for a connect. */
const connectTimeoutMs = 2_000;

const allowed: Rules = {
  url: rules.text,
  client: (value) => rules.methods("connect", "db")(value) && "a MongoClient",
  database: rules.text,
  collection: rules.text,
  poolSize: rules.positiveCount,
  commandTimeoutMs: rules.positiveMilliseconds,
};

/** @throws YTaskError InvalidArgument */
export function readOptions(options: MongoBackendOptions): Settings {
  checkOptions(options, allowed, "new MongoBackend: options");
  const { client, url, database = "task", collection = "task" } = options;
  if ((client === undefined) === (url === undefined))
    throw invalid("give the MongoDB backend either `url` or `client`, and not both");
  if (client !== undefined && options.poolSize !== undefined)
    throw invalid(
      "`poolSize` of the MongoDB backend goes with `url`; a client of your own has its own maxPoolSize",
    );
  return {
    client: client ?? makeClient(url ?? "", options.poolSize ?? 10),
    ownsClient: client === undefined,
    database,
    collection,
    commandTimeoutMs: options.commandTimeoutMs ?? 1_000,
  };
}

function makeClient(url: string, poolSize: number): MongoClient {
  try {
    return new MongoClient(url, {
      appName: "ytask",
      maxPoolSize: poolSize,
      serverSelectionTimeoutMS: connectTimeoutMs,
      connectTimeoutMS: connectTimeoutMs,
    });
  } catch (error) {
    // Without the cause: MongoDB's own error may print the URL with its password.
    throw invalid(
      `the url of the MongoDB backend is refused: ${redact(error instanceof Error ? error.message : "")}`,
    );
  }
}

const invalid = (message: string) => new YTaskError(ErrorCode.InvalidArgument, message);
