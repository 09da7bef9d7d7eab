import { YTaskError } from "@ytask/core/driver";
import type { Sender } from "../send/sender.js";
import type { Held } from "./deliveries.js";
import type { DeliveryChannel } from "./delivery-channel.js";
import type { Resender } from "./resender.js";

export interface RecountsOptions {
  readonly sender: Sender;
  readonly resender: Resender;
  /** Whether a message is still held for this subscription. */
  isHeld(held: Held): boolean;
  /** Called with a message that cannot be sent again now: it has to run as it is, with its count only in memory. */
  handOver(held: Held): void;
  onError(error: Error): void;
}

/**
 * A classic queue does not count redeliveries, it only flags messages that were delivered before. So a flagged message
 * is sent again with our own count, next in line, and then removed: a message that ends its server each time must not
 * come back uncounted. If RabbitMQ takes no messages, the message runs without that: messages waiting here take up the
 * room of those that could run.
 */
export class Recounts {
  readonly #options: RecountsOptions;
  readonly #waiting: Held[] = [];
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: RecountsOptions) {
    this.#options = options;
  }

  /** @param held a flagged message; its delivery has the new count */
  add(held: Held): void {
    this.#waiting.push(held);
    this.#running ??= this.#run();
  }

  /** Removes messages of this channel for which nothing has begun. */
  takeWaiting(channel: DeliveryChannel): readonly Held[] {
    return this.#waiting.splice(0).filter((held) => held.channel === channel);
  }

  /** Begins nothing more. Resolves when everything that was begun has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  /**
   * The first copy is sent alone. A server in alarm tells a connection about the alarm only when the connection sends
   * something, and stores that copy when the alarm ends: if many were sent, as many would be stored.
   */
  async #run(): Promise<void> {
    let most = 1;
    while (this.#waiting.length > 0 && !this.#isClosed) {
      const batch = this.#waiting.splice(0, most).filter((held) => this.#options.isHeld(held));
      most = (await this.#recount(batch)) ? Number.POSITIVE_INFINITY : 1;
    }
    this.#running = undefined;
  }

  /** Resolves to whether the server has told the outcome of each. */
  async #recount(batch: readonly Held[]): Promise<boolean> {
    const { sender, resender, onError } = this.#options;
    if (sender.blocked !== undefined || batch.length === 0) {
      for (const held of batch) this.#handOver(held);
      return false;
    }
    const replaced = await resender.replace(batch);
    for (const [index, held] of batch.entries()) if (replaced[index] !== undefined) this.#handOver(held);
    const failures = replaced.filter((failed) => failed !== undefined);
    const unknown = failures.find(({ kind }) => kind === "unknown");
    if (unknown !== undefined) onError(mayRunTwice(unknown.error));
    else if (failures[0] !== undefined) onError(failures[0].error);
    return unknown === undefined;
  }

  #handOver(held: Held): void {
    if (!this.#isClosed && this.#options.isHeld(held)) this.#options.handOver(held);
  }
}

const mayRunTwice = (error: YTaskError): YTaskError =>
  new YTaskError(
    error.code,
    `A redelivered message was sent again to be counted, and may be stored or not; it runs now, and a second time where ` +
      `another server takes the copy: ${error.message}`,
    { cause: error },
  );
