import { bounded, type Logger } from "@ytask/core/driver";
import { type ChannelModel, connect, type RecoveringChannelModel } from "amqplib";
import { explain } from "../errors.js";
import type { AmqpClient, Settings } from "../options.js";
import { endNow, WriteTogether } from "./socket.js";
import { watch } from "./watchdog.js";

/** One connection to the server. It mends itself. */
export interface Link {
  /** Where channels come from. `createChannel` waits while the connection is down. */
  readonly client: AmqpClient;
  /** Why the server accepts no messages from this connection; undefined while it does. */
  readonly blocked: string | undefined;
  /** Why the connection is down, as far as it is known. */
  readonly lastError: Error | undefined;
  /** The largest body that the server takes, in bytes, where it has told of it since the connection was opened. */
  maxBodyBytes: number;
  /** Calls `listener` each time that the server takes messages again. */
  onUnblocked(listener: () => void): void;
  /** Call it before messages or acks are written: those of one turn of the event loop are written together. */
  holdWrites(): void;
  /** Settles within a few seconds, whatever state the connection is in. */
  close(): Promise<void>;
}

/** How long a call waits for a connection that is being opened again, in milliseconds: long enough for a hiccup. */
export const reconnectGraceMs = 1_000;

/** How long the server may take to answer a close, in milliseconds. */
const closeTimeoutMs = 2_000;

/**
 * Opens a connection that amqplib's own recovery opens again whenever it breaks, at least once a second.
 *
 * @param purpose what the connection is for; the server's operator sees it as the connection's name
 * @throws YTaskError as `Broker.connect` does
 */
export async function openLink(settings: Settings, purpose: string, logger: Logger): Promise<Link> {
  const doing = "Could not connect to RabbitMQ";
  const client = await connect(settings.url, {
    noDelay: true,
    ...settings.socketOptions,
    timeout: settings.connectTimeoutMs,
    clientProperties: { connection_name: `ytask ${purpose}`, ...settings.socketOptions.clientProperties },
    recovery: { initialMaxRetries: 0, initialDelay: 100, maxDelay: 1_000, waitForConnect: false },
  });
  const link = new OwnLink(client, settings.commandTimeoutMs, logger);
  try {
    await bounded(client.waitForConnect(), settings.connectTimeoutMs, () => {
      throw new Error(`no answer within ${settings.connectTimeoutMs} ms`);
    });
    return link;
  } catch (error) {
    await link.close();
    throw explain(error, doing);
  }
}

/** The state that every connection has, whoever opened it. */
class Observed {
  blocked: string | undefined;
  lastError: Error | undefined;
  maxBodyBytes = Number.POSITIVE_INFINITY;
  readonly #unblocked: (() => void)[] = [];

  readonly #listeners = {
    connect: () => {
      this.lastError = undefined;
    },
    "connect-failed": (error: Error) => {
      this.lastError = error;
    },
    error: (error: Error) => {
      this.lastError = error;
    },
    blocked: (reason: string) => {
      this.blocked = reason;
    },
    unblocked: () => this.unblock(),
    close: () => this.unblock(),
    disconnect: (error: Error) => {
      this.lastError = error;
      this.maxBodyBytes = Number.POSITIVE_INFINITY;
      this.unblock();
    },
  };

  constructor(readonly client: AmqpClient) {
    for (const [event, listener] of Object.entries(this.#listeners)) client.on(event, listener);
  }

  /** Takes its listeners off. */
  leave(): void {
    for (const [event, listener] of Object.entries(this.#listeners)) this.client.off(event, listener);
  }

  onUnblocked(listener: () => void): void {
    this.#unblocked.push(listener);
  }

  unblock(): void {
    this.blocked = undefined;
    for (const listener of this.#unblocked) listener();
  }
}

/** The user's own connection: used, observed, and never closed. */
export class ForeignLink extends Observed implements Link {
  holdWrites(): void {}

  async close(): Promise<void> {
    this.leave();
  }
}

class OwnLink extends Observed implements Link {
  readonly #client: RecoveringChannelModel;
  #model: ChannelModel | undefined;
  #writes: WriteTogether | undefined;

  constructor(client: RecoveringChannelModel, commandTimeoutMs: number, logger: Logger) {
    super(client);
    this.#client = client;
    client.on("connect", (model) => {
      this.#model = model;
      this.#writes = new WriteTogether(model);
      // amqplib only ends its own side, and a dead peer never ends the other: the socket would keep the process alive
      // after its work is done.
      model.once("close", () => setTimeout(() => endNow(model), 1_000).unref());
      watch(model, commandTimeoutMs);
    });
    client.on("disconnect", (error) => {
      logger.warn("the connection to RabbitMQ broke; opening it again", { reason: error.message });
    });
  }

  holdWrites(): void {
    this.#writes?.hold();
  }

  async close(): Promise<void> {
    await bounded(this.#client.close(), closeTimeoutMs, () => undefined);
    // Without an error amqplib would not notice, and its heartbeats would keep the process alive until they miss an
    // answer.
    if (this.#model !== undefined) endNow(this.#model, new Error("the server did not answer the close"));
  }
}
