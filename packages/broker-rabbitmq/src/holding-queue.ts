import { randomUUID } from "node:crypto";
import type { Channel, ConsumeMessage } from "amqplib";
import { ChannelKeeper } from "./channel-keeper.js";
import { copyOf, redeliveriesOf } from "./deliveries.js";
import { DeliveryChannel } from "./delivery-channel.js";
import type { Link } from "./link.js";
import type { QueueSpec } from "./names.js";
import { declare } from "./queues.js";
import type { Sender } from "./sender.js";

export interface HoldingQueueOptions {
  /** The group's queue, where messages go when this process dies. */
  readonly queue: QueueSpec;
  readonly link: Link;
  readonly sender: Sender;
  /** Called when messages that are held here are lost: the channel broke. */
  onLost(channel: DeliveryChannel): void;
  /** Called when the queue was deleted, with all that is held here. */
  onDeleted(channel: DeliveryChannel): void;
  onError(error: Error): void;
}

/** A message as it is held here. */
export interface Hold {
  readonly channel: DeliveryChannel;
  readonly message: ConsumeMessage;
}

/**
 * How long a copy may be on its way here, in milliseconds; then it goes to the group's queue. So it does when this
 * process dies: what it held goes back into this queue, is older than that, and leaves at once.
 */
const onTheWayMs = 60_000;
/** When the server deletes the queue after its owner is gone, in milliseconds. */
const unusedMs = 3_600_000;

/**
 * A queue of one server, for messages of tasks that run for long: the server's consumer timeout counts from a message's
 * delivery, so a copy that is delivered anew has the whole time again.
 */
export class HoldingQueue {
  readonly #options: HoldingQueueOptions;
  readonly #spec: QueueSpec;
  readonly #keeper: ChannelKeeper<Channel>;
  readonly #expected = new Map<string, (hold: Hold) => void>();

  constructor(options: HoldingQueueOptions) {
    this.#options = options;
    this.#spec = holdingQueue(options.queue);
    this.#keeper = new ChannelKeeper({
      open: () => options.link.client.createChannel(),
      setUp: (channel) => this.#setUp(channel),
      onError: (error) => options.onError(error),
      doing: `Could not take messages from ${this.#spec.name}`,
    });
  }

  /**
   * Puts a copy of a message into the queue, and resolves to it once it was delivered here.
   *
   * @throws YTaskError where it was not stored; an error too where it did not come back in time
   */
  async hold(message: ConsumeMessage, redeliveries: number, boundMs: number): Promise<Hold> {
    await this.#keeper.ready(boundMs);
    const messageId = randomUUID();
    // Counted now: when it leaves this queue by itself, its server has died over it.
    const copy = copyOf(message, this.#spec, redeliveries + 1);
    const arrival = new Promise<Hold>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#expected.delete(messageId);
        reject(new Error(`The copy of a long task's message did not arrive within ${boundMs} ms`));
      }, boundMs);
      this.#expected.set(messageId, (hold) => {
        clearTimeout(timer);
        resolve(hold);
      });
    });
    arrival.catch(() => undefined);
    const [sent] = await this.#options.sender.send([
      { ...copy, properties: { ...copy.properties, messageId } },
    ]);
    if (sent !== undefined && sent.kind !== "stored") throw sent.error;
    return arrival;
  }

  /** Closes it; `isEmpty` where nothing is held any more, and the queue can go. */
  async close(isEmpty: boolean, boundMs: number): Promise<void> {
    try {
      if (isEmpty) await this.#keeper.current?.deleteQueue(this.#spec.name);
    } catch {
      // The server deletes it when it was not used for a while.
    }
    await this.#keeper.close(boundMs);
  }

  async #setUp(channel: Channel): Promise<void> {
    const deliveries = new DeliveryChannel(channel);
    channel.once("close", () => this.#options.onLost(deliveries));
    await declare(channel, this.#spec);
    await channel.consume(this.#spec.name, (message) => {
      if (message !== null) return void this.#arrive(deliveries, message);
      this.#options.onDeleted(deliveries);
      // The next channel declares the queue anew: copies that nobody takes would become runs of their own.
      void this.#keeper.renew();
    });
  }

  async #arrive(channel: DeliveryChannel, message: ConsumeMessage): Promise<void> {
    channel.arrived(message);
    const messageId = String(message.properties.messageId);
    const expected = this.#expected.get(messageId);
    this.#expected.delete(messageId);
    if (expected !== undefined) return expected({ channel, message });
    const [sent] = await this.#options.sender.send([
      copyOf(message, this.#options.queue, redeliveriesOf(message)),
    ]);
    if (sent?.kind === "stored") channel.remove([message]);
    else if (sent !== undefined) this.#options.onError(sent.error);
  }
}

/** Without the group's name, with which it could be too long: the group's queue is in its arguments. */
const holdingQueue = (queue: QueueSpec): QueueSpec => ({
  name: `YTask:ts1:held:${randomUUID()}`,
  arguments: {
    "x-queue-type": "quorum",
    "x-message-ttl": onTheWayMs,
    "x-expires": unusedMs,
    "x-overflow": "reject-publish",
    "x-dead-letter-strategy": "at-least-once",
    "x-dead-letter-exchange": "",
    "x-dead-letter-routing-key": queue.name,
  },
});
