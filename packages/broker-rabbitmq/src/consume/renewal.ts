import type { Held } from "./deliveries.js";
import type { HoldingQueues } from "./holding-queues.js";
import type { Inbox } from "./inbox.js";
import type { Resender } from "./resender.js";

export interface RenewalOptions {
  readonly inbox: Inbox;
  readonly resender: Resender;
  /** The server's consumer timeout, in milliseconds. */
  readonly consumerTimeoutMs: number;
  /** Where messages of long tasks are moved to. */
  readonly holdingQueues: HoldingQueues;
  onError(error: Error): void;
}

/**
 * Keeps the server from taking back messages that are held for long: RabbitMQ closes a channel, with everything on it,
 * if a delivery waits for its ack for longer than the consumer timeout. At half of that time a message is moved.
 */
export class Renewal {
  readonly #options: RenewalOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #moving = new Set<Held>();
  #isStopped = false;

  constructor(options: RenewalOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), options.consumerTimeoutMs / 10);
    this.#timer.unref();
  }

  /** From now on nothing is moved, not even messages whose copies are on their way. */
  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  #look(): void {
    const { inbox, consumerTimeoutMs, holdingQueues } = this.#options;
    const before = performance.now() - consumerTimeoutMs / 2;
    const isDue = (held: Held) => held.since < before || holdingQueues.isReplaced(held.channel);
    for (const held of inbox.allOut())
      if (isDue(held) && !held.orphaned && !this.#moving.has(held)) void this.#move(held);
    holdingQueues.deleteReplaced(consumerTimeoutMs / 4);
    for (const held of inbox.takeReady((one) => one.since < before)) void this.#sendBack(held);
  }

  /** Moves the message of a running task to the holding queue. The delivery keeps its own id. */
  async #move(held: Held): Promise<void> {
    const { inbox, consumerTimeoutMs, holdingQueues, onError } = this.#options;
    this.#moving.add(held);
    try {
      const { message, delivery } = held;
      const hold = await holdingQueues.hold(message, delivery.redeliveries, consumerTimeoutMs / 4);
      if (this.#isStopped || inbox.out(delivery.id) !== held || held.orphaned) {
        // The copy is not needed. The message was settled meanwhile, or was lost and is delivered again, or the
        // subscription closes, which gives the message back and may delete the queue that the copy is in.
        hold.channel.remove([hold.message]);
        return;
      }
      held.channel.remove([message]);
      Object.assign(held, hold, { since: performance.now(), moved: true });
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#moving.delete(held);
    }
  }

  /** Sends back a message that has not begun for all that time: next in line, for any server to take. */
  async #sendBack(held: Held): Promise<void> {
    const { resender, onError } = this.#options;
    const [failed] = await resender.replace([held]);
    if (failed === undefined) return;
    onError(failed.error);
    held.channel.giveBack(held);
  }
}
