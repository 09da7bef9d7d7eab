import { ErrorCode, redact, YTaskError } from "@ytask/core/driver";
import type { ChannelModel, RecoveringChannelModel, SocketOptions } from "amqplib";

/** The most that AMQP's 16 bits let a consumer prefetch. */
export const mostPrefetched = 65_535;

/** A connection that the user made with amqplib's `connect`, best with its `recovery` option. */
export type AmqpClient = ChannelModel | RecoveringChannelModel;

/** How the queues of groups are stored. */
export type QueueType = "classic" | "quorum";

export interface RabbitMqBrokerOptions {
  /** `amqp://user:password@host:port/vhost` or `amqps://…`. Default `amqp://guest:guest@127.0.0.1:5672`. */
  readonly url?: string | undefined;
  /** What amqplib hands to the socket: TLS's `ca`, `cert` and `key`, `credentials`, `keepAlive` … */
  readonly socketOptions?: SocketOptions | undefined;
  /**
   * Connections of your own instead of `url`; they stay yours to close. One for publishing and one for consuming, or
   * one for both: then a memory or disk alarm holds up acks too. Made without `recovery`, they end with the first break.
   */
  readonly client?: AmqpClient | { readonly publish: AmqpClient; readonly consume: AmqpClient } | undefined;
  /** Default `"classic"`: shared with Go servers and clients. `"quorum"`: replicated, under a name of its own. */
  readonly queueType?: QueueType | undefined;
  /** How long opening a connection may take, in milliseconds. Default 5,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long the server may take to confirm a message or to answer a question, in milliseconds. Default 5,000. */
  readonly answerTimeoutMs?: number | undefined;
  /**
   * The server's `consumer_timeout`, in milliseconds. Default 1,800,000, which is RabbitMQ's. A task that runs for
   * longer than half of it has its message moved to a queue of this server, where the time begins anew.
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
  readonly answerTimeoutMs: number;
  readonly consumerTimeoutMs: number;
}

/** The longest time that a timer holds. */
const longestMs = 2_147_483_647;

/**
 * Fills in the defaults.
 *
 * @throws YTaskError `InvalidArgument` that names the option
 */
export function settingsOf(options: RabbitMqBrokerOptions): Settings {
  const { client, queueType = "classic" } = options;
  if (queueType !== "classic" && queueType !== "quorum")
    throw new YTaskError(
      ErrorCode.InvalidArgument,
      `queueType is "${queueType}"; it may be "classic" or "quorum"`,
    );
  return {
    url: withHeartbeat(options.url ?? "amqp://guest:guest@127.0.0.1:5672"),
    socketOptions: options.socketOptions ?? {},
    client: client === undefined || "publish" in client ? client : { publish: client, consume: client },
    queueType,
    connectTimeoutMs: duration("connectTimeoutMs", options.connectTimeoutMs, 5_000),
    answerTimeoutMs: duration("answerTimeoutMs", options.answerTimeoutMs, 5_000),
    consumerTimeoutMs: duration("consumerTimeoutMs", options.consumerTimeoutMs, 1_800_000),
  };
}

function duration(name: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (Number.isFinite(value) && value > 0 && value <= longestMs) return value;
  throw new YTaskError(
    ErrorCode.InvalidArgument,
    `${name} is ${value}; it must be a number of milliseconds above 0 and up to ${longestMs}`,
  );
}

/**
 * The server drops a connection after two heartbeats without a byte, as when a task blocks the event loop; 30 s leave
 * time for that. What finds a dead server quickly is the watchdog, not the heartbeat.
 */
const heartbeatSeconds = 15;

function withHeartbeat(url: string): string {
  if (!URL.canParse(url)) throw badUrl(url);
  const parsed = new URL(url);
  if (parsed.protocol !== "amqp:" && parsed.protocol !== "amqps:") throw badUrl(url);
  if (!parsed.searchParams.has("heartbeat")) parsed.searchParams.set("heartbeat", String(heartbeatSeconds));
  return parsed.href;
}

const badUrl = (url: string) =>
  new YTaskError(
    ErrorCode.InvalidArgument,
    `"${redact(url)}" is not a URL of the form amqp://user:password@host:port/vhost or amqps://…`,
  );
