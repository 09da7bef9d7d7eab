import { TurnoverMap } from "@ytask/core/driver";
import type { Channel, ConsumeMessage } from "amqplib";
import type { Held } from "./deliveries.js";

/**
 * How long released messages are kept before they are given back, in milliseconds: longer than tasks take that end with
 * their server.
 */
const leavingMs = 1_000;

/** A channel on which messages are delivered, and which of these the server still holds for it. */
export class DeliveryChannel {
  readonly channel: Channel;
  /** The tags of messages that are not removed, in the order of delivery, so that they ascend. */
  readonly #held = new TurnoverMap<number, true>();
  /** Messages to give back when `giveBackNow` is called, or soon; held until then. */
  readonly #leaving: Held[] = [];
  #isQueueDeleted = false;

  constructor(channel: Channel) {
    this.channel = channel;
  }

  /** How many deliveries the server counts as unsettled, whatever part of this process has them. */
  get heldCount(): number {
    return this.#held.size;
  }

  /**
   * Whether the queue of these messages was deleted: the server no longer has them, and would take an ack as one for
   * the queue that now has its name.
   */
  get isQueueDeleted(): boolean {
    return this.#isQueueDeleted;
  }

  /** Call it first for each message that arrives. */
  arrived(message: ConsumeMessage): void {
    this.#held.set(message.fields.deliveryTag, true);
  }

  /**
   * Removes messages at the server. All messages before which nothing is left take one frame together, which saves the
   * server more than us.
   * Returns false if the channel has closed, and the server delivers them again, or if the queue was deleted.
   */
  remove(messages: readonly ConsumeMessage[]): boolean {
    if (this.#isQueueDeleted) return false;
    const ours = messages.filter(({ fields }) => this.#held.delete(fields.deliveryTag));
    const [firstHeld = Number.POSITIVE_INFINITY] = this.#held.keys();
    let last: ConsumeMessage | undefined;
    const others: ConsumeMessage[] = [];
    for (const message of ours) {
      const { deliveryTag } = message.fields;
      if (deliveryTag > firstHeld) others.push(message);
      else if (last === undefined || deliveryTag > last.fields.deliveryTag) last = message;
    }
    return whileOpen(() => {
      if (last !== undefined) this.channel.ack(last, true);
      for (const message of others) this.channel.ack(message);
    });
  }

  /**
   * Gives a message back, for the server to put where it was. This happens in a moment, or when the channel closes, if
   * that is sooner. If it happened at once, the server would deliver the message here again while a server that shuts
   * down still has a consumer, and take it back a second time: each time counts as a redelivery.
   */
  giveBack(held: Held): void {
    this.#leaving.push(held);
    if (this.#leaving.length === 1) setTimeout(() => this.giveBackNow(), leavingMs).unref();
  }

  /** Call it when the queue was deleted. Returns the messages that were to be given back, and now must be sent again. */
  queueDeleted(): readonly Held[] {
    this.#isQueueDeleted = true;
    return this.#leaving.splice(0);
  }

  /** Gives back at once what is waiting to be given back: whoever asks for more may get it again. */
  giveBackNow(): void {
    const leaving = this.#leaving.splice(0);
    whileOpen(() => {
      for (const { message } of leaving) {
        this.#held.delete(message.fields.deliveryTag);
        this.channel.nack(message, false, true);
      }
    });
  }
}

/** Whether it could be written. */
function whileOpen(write: () => void): boolean {
  try {
    write();
    return true;
  } catch {
    return false;
  }
}
