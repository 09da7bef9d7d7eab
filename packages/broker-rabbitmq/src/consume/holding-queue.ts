import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { bounded } from "@ytask/core/driver";
import type { Channel, ConsumeMessage } from "amqplib";
import { ChannelKeeper } from "../connection/channel-keeper.js";
import type { Link } from "../connection/link.js";
import { handingOn, type QueueSpec } from "../queues/names.js";
import { declare } from "../queues/queues.js";
import type { Sender } from "../send/sender.js";
import { type CopiesInDoubt, withId } from "./copies-in-doubt.js";
import { copyOf, homeward, redeliveriesOf } from "./deliveries.js";
import { DeliveryChannel } from "./delivery-channel.js";

export interface HoldingQueueOptions {
  /** The group's queue, to which messages go when this process dies. */
  readonly queue: QueueSpec;
  readonly link: Link;
  readonly sender: Sender;
  /** Is told of copies that may be stored besides their originals. */
  readonly copies: CopiesInDoubt;
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
 * How long a copy may be on its way here, in milliseconds; then it goes to the group's queue. The same happens when
 * this process dies: what it held goes back into this queue, is older than that, and leaves at once.
 */
const onTheWayMs = 60_000;
/**
 * How long after its owner is gone the server deletes the queue, in milliseconds, with anything that the group's queue
 * has not taken by then.
 */
const unusedMs = 86_400_000;

/**
 * How long to wait, in milliseconds, before a message that could not be stored in the group's queue is sent there
 * again.
 */
const pauseMs = 1_000;

/**
 * A queue that belongs to one server, for messages of long tasks. RabbitMQ's consumer timeout counts from a message's
 * delivery, so a copy that is delivered anew has the full time again.
 */
export class HoldingQueue {
  readonly #options: HoldingQueueOptions;
  readonly #spec: QueueSpec;
  readonly #keeper: ChannelKeeper<Channel>;
  readonly #expected = new Map<string, (hold: Hold) => void>();
  /** The channel on which copies arrive; undefined once it has closed. */
  #channel: DeliveryChannel | undefined;
  /** A channel on which a copy did not arrive although the server has it. */
  #deaf: DeliveryChannel | undefined;
  #isClosed = false;
  /**
   * Whether a channel closed while it held messages. The server has them in this queue, until the group's queue has
   * taken them.
   */
  #mayHoldMore = false;

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
   * Whether nothing arrives here any more. If a quorum queue is deleted and declared again in the same moment, RabbitMQ
   * 3.10 does not tell its consumers, and counts what follows as delivered to them.
   */
  get isDeaf(): boolean {
    return this.#deaf !== undefined && this.#deaf === this.#channel;
  }

  /** Whether nothing is held or on its way here. False on a new channel, where that is not known. */
  get isDone(): boolean {
    return this.isDeaf && this.#channel?.heldCount === 0 && this.#expected.size === 0;
  }

  /** Whether this is the channel on which messages are held here. */
  holdsOn(channel: DeliveryChannel): boolean {
    return channel === this.#channel;
  }

  /**
   * Puts a copy of a message into the queue, and resolves to the copy once it was delivered here. A copy that arrives
   * after this has rejected is removed.
   *
   * @throws YTaskError if the copy was not stored, or may not be; also an error if it did not come back in time
   */
  async hold(message: ConsumeMessage, redeliveries: number, boundMs: number): Promise<Hold> {
    await this.#keeper.ready(boundMs);
    const channel = this.#channel;
    const messageId = randomUUID();
    // Counted now: if it leaves this queue by itself, its server has died while the task ran.
    const copy = withId(copyOf(message, this.#spec, redeliveries + 1), messageId);
    let hold: Hold | undefined;
    const arrival = new Promise<void>((resolve) => {
      this.#expected.set(messageId, (arrived) => {
        hold = arrived;
        resolve();
      });
    });
    try {
      const [sent] = await this.#options.sender.send([copy]);
      if (sent?.kind === "notStored") throw sent.error;
      if (sent?.kind === "unknown" && hold === undefined) throw this.#giveUp(messageId, sent.error);
      await bounded(arrival, boundMs, () => {
        if (this.#channel === channel) this.#deaf = channel;
        throw this.#giveUp(
          messageId,
          new Error(`The copy of a long task's message did not arrive within ${boundMs} ms`),
        );
      });
      if (hold !== undefined && this.holdsOn(hold.channel)) return hold;
      throw this.#giveUp(messageId, new Error("The channel closed to which a long task's message was moved"));
    } finally {
      this.#expected.delete(messageId);
    }
  }

  /** Closes the queue. `isEmpty`: nothing is held here any more, and the queue can be deleted. */
  async close(isEmpty: boolean, boundMs: number): Promise<void> {
    this.#isClosed = true;
    const channel = this.#keeper.current;
    if (isEmpty && !this.#mayHoldMore && channel !== undefined) {
      // Otherwise the server deletes the queue when it has not been used for a while.
      const deleted = channel.deleteQueue(this.#spec.name).catch(() => undefined);
      await bounded<unknown>(deleted, boundMs, () => undefined);
    }
    await this.#keeper.close(boundMs);
  }

  #giveUp(messageId: string, error: Error): Error {
    this.#options.copies.giveUp(messageId);
    return error;
  }

  async #setUp(channel: Channel): Promise<void> {
    const deliveries = new DeliveryChannel(channel);
    this.#channel = deliveries;
    channel.once("close", () => {
      if (this.#channel === deliveries) this.#channel = undefined;
      if (deliveries.heldCount > 0 && !this.#isClosed) this.#mayHoldMore = true;
      this.#options.onLost(deliveries);
    });
    await declare(channel, this.#spec);
    await channel.consume(this.#spec.name, (message) => {
      if (message !== null) return void this.#arrive(deliveries, message);
      this.#options.onDeleted(deliveries);
      // The next channel declares the queue again: copies that nobody takes would become extra runs.
      if (!this.#isClosed) void this.#keeper.renew();
    });
  }

  async #arrive(channel: DeliveryChannel, message: ConsumeMessage): Promise<void> {
    channel.arrived(message);
    // Called twice for a message if the channel closes before its server has confirmed it.
    const expected = this.#expected.get(String(message.properties.messageId));
    if (expected !== undefined) expected({ channel, message });
    else if (this.#options.copies.isGivenUp(message)) channel.remove([message]);
    else await this.#sendHome(channel, message);
  }

  /**
   * Sends a message home that nobody here runs any more, because its channel closed. It must not stay, or the server
   * would end the channel because of it. If this queue was deleted, the server does not deliver the message again.
   */
  async #sendHome(channel: DeliveryChannel, message: ConsumeMessage): Promise<void> {
    const { queue, sender, copies, onError } = this.#options;
    while ((this.holdsOn(channel) || channel.isQueueDeleted) && !this.#isClosed) {
      const [sent] = await copies.send([homeward(message, queue, redeliveriesOf(message))], sender);
      if (sent === undefined || sent.kind === "stored") return void channel.remove([message]);
      onError(sent.error);
      await sleep(pauseMs, undefined, { ref: false });
    }
  }
}

/** The name leaves out the group's, which could make it too long: the group's queue is in the arguments. */
export const holdingQueue = (queue: QueueSpec): QueueSpec => ({
  name: `YTask:ts1:held:${randomUUID()}`,
  arguments: handingOn(onTheWayMs, "", {
    "x-expires": unusedMs,
    "x-dead-letter-routing-key": queue.name,
  }),
});
