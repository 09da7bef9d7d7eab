import { checkOptions, ErrorCode, type Rule, type Rules, rules, YTaskError } from "@ytask/core/driver";
import { type ChannelModel, credentials, type RecoveringChannelModel, type SocketOptions } from "amqplib";

/** The most that AMQP's 16 bits allow a consumer to prefetch. */
export const mostPrefetched = 65_535;

/** A connection that the user made with amqplib's `connect`, best with its `recovery` option. */
export type AmqpClient = ChannelModel | RecoveringChannelModel;

/** How the queues of groups are stored. */
export type QueueType = "classic" | "quorum";

export interface RabbitMqBrokerOptions {
  /** `amqp://user:password@host:port/vhost` or `amqps://…`. Default `amqp://guest:guest@127.0.0.1:5672`. */
  readonly url?: string | undefined;
  /** What amqplib passes to the socket: TLS's `ca`, `cert` and `key`, `credentials`, `keepAlive` … */
  readonly socketOptions?: SocketOptions | undefined;
  /**
   * Your own connections instead of `url`; you close them. One for publishing and one for consuming, or one for both:
   * then a memory or disk alarm holds up acks too. If they are made without `recovery`, they end with the first break.
   */
  readonly client?: AmqpClient | { readonly publish: AmqpClient; readonly consume: AmqpClient } | undefined;
  /** Default `"classic"`: shared with Go servers and clients. `"quorum"`: replicated, with a queue name of its own. */
  readonly queueType?: QueueType | undefined;
  /** How long opening a connection may take, in milliseconds. Default 5,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long the server may take to confirm a message or to answer a question, in milliseconds. Default 5,000. */
  readonly commandTimeoutMs?: number | undefined;
  /**
   * The server's `consumer_timeout`, in milliseconds. Default 1,800,000, which is RabbitMQ's. If a task runs for longer
   * than half of it, its message is moved to a queue of this server, where the time starts again.
   */
  readonly consumerTimeoutMs?: number | undefined;
}

/** The options with their defaults. */
export interface Settings {
  readonly url: string;
  readonly socketOptions: SocketOptions;
  readonly client: { readonly publish: AmqpClient; readonly consume: AmqpClient } | undefined;
  readonly queueType: QueueType;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
  readonly consumerTimeoutMs: number;
}

/** The longest time that a timer can hold. */
const longestMs = 2_147_483_647;

const duration: Rule = (value) =>
  typeof value === "number" && value > 0 && value <= longestMs
    ? undefined
    : `a number of milliseconds above 0 and up to ${longestMs}`;

const isClient = (value: unknown): boolean => rules.methods("createChannel", "on")(value) === undefined;

const allowed: Rules = {
  url: rules.text,
  socketOptions: rules.object,
  client: (value) => {
    const both = value as { readonly publish?: unknown; readonly consume?: unknown } | null;
    return isClient(value) || (isClient(both?.publish) && isClient(both?.consume))
      ? undefined
      : "a connection made with amqplib's connect, or { publish, consume } with two of them";
  },
  queueType: rules.oneOf("classic", "quorum"),
  connectTimeoutMs: duration,
  commandTimeoutMs: duration,
  consumerTimeoutMs: duration,
};

/**
 * Fills in the defaults.
 *
 * @throws YTaskError `InvalidArgument` that names the option
 */
export function settingsOf(options: RabbitMqBrokerOptions): Settings {
  checkOptions(options, allowed, "new RabbitMqBroker: options");
  const { client, queueType = "classic" } = options;
  if (client !== undefined && (options.url !== undefined || options.socketOptions !== undefined))
    refuse("name either client, or url and socketOptions, not both");
  const url = parsed(options.url ?? "amqp://guest:guest@127.0.0.1:5672");
  return {
    url: withHeartbeat(url),
    socketOptions: { ...credentialsIn(url), ...options.socketOptions },
    client: client === undefined || "publish" in client ? client : { publish: client, consume: client },
    queueType,
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    commandTimeoutMs: options.commandTimeoutMs ?? 5_000,
    consumerTimeoutMs: options.consumerTimeoutMs ?? 1_800_000,
  };
}

/**
 * The server drops a connection after two heartbeats without a byte, for instance if a task blocks the event loop; 30 s
 * leave time for that. The watchdog, not the heartbeat, finds a dead server quickly.
 */
const heartbeatSeconds = 15;

function withHeartbeat(url: URL): string {
  if (!url.searchParams.has("heartbeat")) url.searchParams.set("heartbeat", String(heartbeatSeconds));
  return url.href;
}

function parsed(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "amqp:" && url?.protocol !== "amqps:")
    // The URL itself is left out: if "/" or "#" in a password is not percent-encoded, it is unclear where the password
    // ends.
    refuse(
      "url must be amqp://user:password@host:port/vhost or amqps://…; what is special in a password is percent-encoded",
    );
  for (const [name, { isAllowed, range }] of Object.entries(tunable)) {
    const value = url.searchParams.get(name);
    if (value !== null && !(/^\d+$/.test(value) && isAllowed(Number(value))))
      refuse(`${name} in url must be a whole number, ${range}`);
  }
  return url;
}

/**
 * The values that AMQP's fields for these can hold. amqplib fails only when it connects, or takes the value for
 * something else.
 */
const tunable: Readonly<Record<string, { isAllowed(value: number): boolean; readonly range: string }>> = {
  heartbeat: { isAllowed: (value) => value <= 65_535, range: "0 (none) to 65,535 seconds" },
  frameMax: {
    isAllowed: (value) => value === 0 || (value >= 4_096 && value <= 4_294_967_295),
    range: "4,096 to 4,294,967,295 bytes, or 0 for the server's",
  },
  channelMax: { isAllowed: (value) => value <= 65_535, range: "0 (the server's) to 65,535" },
};

/** amqplib decodes percent-encoded characters as Latin-1. */
function credentialsIn({ username, password }: URL): SocketOptions {
  if (username === "" && password === "") return {};
  try {
    return { credentials: credentials.plain(decodeURIComponent(username), decodeURIComponent(password)) };
  } catch {
    return refuse("user and password in url must be percent-encoded: % is %25");
  }
}

function refuse(problem: string): never {
  throw new YTaskError(ErrorCode.InvalidArgument, `new RabbitMqBroker: ${problem}`);
}
