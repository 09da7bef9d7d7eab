import type { Delivery } from "@ytask/core/driver";
import type { ConsumeMessage } from "amqplib";
import type { QueueSpec } from "../queues/names.js";
import { overflowQueue } from "../queues/queues-beside.js";
import type { Addressed } from "../send/sender.js";
import type { DeliveryChannel } from "./delivery-channel.js";

/** The header that counts redeliveries where the server does not. It is ours: Go servers ignore it. */
export const REDELIVERIES = "ytask-redeliveries";

/** A message that this subscription holds. */
export class Held {
  readonly delivery: Delivery;
  /** The channel on which it is acked: only there does the server know it. */
  channel: DeliveryChannel;
  message: ConsumeMessage;
  /**
   * Whether it was moved to this server's holding queue: whoever lets go of it unfinished must send it to its own queue
   * again.
   */
  moved = false;
  /** When the server delivered it, by `performance.now()`. */
  since = performance.now();

  constructor(id: string, channel: DeliveryChannel, message: ConsumeMessage, redeliveries: number) {
    this.delivery = new RabbitMqDelivery(id, message.content.toString(), redeliveries);
    this.channel = channel;
    this.message = message;
  }

  /** Whether its queue was deleted: the server no longer has it, and whoever lets go of it must send it again. */
  get orphaned(): boolean {
    return this.channel.isQueueDeleted;
  }
}

class RabbitMqDelivery implements Delivery {
  constructor(
    readonly id: string,
    readonly body: string,
    readonly redeliveries: number,
  ) {}
}

/** Whether giving it back would not bring it to its queue. */
export const mustBeSentAgain = (held: Held): boolean => held.orphaned || held.moved;

/** A number in a message's header; 0 if there is none. */
function countIn(message: ConsumeMessage, header: string): number {
  const value: unknown = message.properties.headers?.[header];
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : 0;
}

/** How often a message was handed out before: by the server's count, if its queue has one, and ours. */
export const redeliveriesOf = (message: ConsumeMessage): number =>
  countIn(message, "x-delivery-count") + countIn(message, REDELIVERIES);

/** The highest of a classic queue's priorities. */
const nextInLine = 9;

/** A copy of a message, next in line if its queue has priorities, with a count of redeliveries. */
export const copyOf = (message: ConsumeMessage, to: QueueSpec, redeliveries: number): Addressed => ({
  to,
  body: message.content,
  properties: {
    priority: nextInLine,
    ...(redeliveries > 0 ? { headers: { [REDELIVERIES]: redeliveries } } : {}),
  },
});

/** A copy, for its own queue, of a message that has left it; it waits outside if the queue has no room. */
export const homeward = (message: ConsumeMessage, queue: QueueSpec, redeliveries: number): Addressed => ({
  ...copyOf(message, queue, redeliveries),
  overflow: overflowQueue(queue),
});
