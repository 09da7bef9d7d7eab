import type { Held } from "./deliveries.js";
import type { HoldingQueues } from "./holding-queues.js";
import type { Inbox } from "./inbox.js";
import type { Resender } from "./resender.js";

export interface RenewalOptions {
  readonly inbox: Inbox;
  readonly resender: Resender;
  /** The server's consumer timeout, in milliseconds. */
  readonly consumerTimeoutMs: number;
  /** Where messages of tasks that run for long are moved to. */
  readonly holdingQueues: HoldingQueues;
  onError(error: Error): void;
}

/**
 * Keeps the server from taking back what is held for long: RabbitMQ closes a channel on which a delivery waits for its
 * ack for longer than the consumer timeout, with everything that is on it. At half of that time a message is moved.
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

  /** From now on nothing is moved, not even that of which a copy is under way. */
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

  /** Its task runs: the message is moved to the holding queue, and the delivery goes on under its own id. */
  async #move(held: Held): Promise<void> {
    const { inbox, consumerTimeoutMs, holdingQueues, onError } = this.#options;
    this.#moving.add(held);
    try {
      const { message, delivery } = held;
      const hold = await holdingQueues.hold(message, delivery.redeliveries, consumerTimeoutMs / 4);
      if (this.#isStopped || inbox.out(delivery.id) !== held || held.orphaned) {
        // It was settled meanwhile, or lost and is delivered again, or the subscription closes, which gives it back and may
        // delete the queue that the copy is in: the copy is not needed.
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

  /** Nobody has begun with it for all that time: it is sent again, next in line, for any server to take. */
  async #sendBack(held: Held): Promise<void> {
    const { resender, onError } = this.#options;
    const [failed] = await resender.replace([held]);
    if (failed === undefined) return;
    onError(failed.error);
    held.channel.giveBack(held);
  }
}
