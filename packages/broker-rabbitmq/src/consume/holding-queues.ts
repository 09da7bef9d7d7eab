import type { ConsumeMessage } from "amqplib";
import type { DeliveryChannel } from "./delivery-channel.js";
import { type Hold, HoldingQueue, type HoldingQueueOptions } from "./holding-queue.js";

/**
 * The holding queue of a server, made when it is first needed. If it is deaf, another one replaces it. The deaf one
 * stays until what it holds was moved: if its channel closed, the copies in it would be too old, and would run at once.
 */
export class HoldingQueues {
  readonly #options: HoldingQueueOptions;
  readonly #replaced = new Set<HoldingQueue>();
  #current: HoldingQueue | undefined;

  constructor(options: HoldingQueueOptions) {
    this.#options = options;
  }

  /** As `HoldingQueue.hold`. */
  hold(message: ConsumeMessage, redeliveries: number, boundMs: number): Promise<Hold> {
    if (this.#current?.isDeaf === true) {
      this.#replaced.add(this.#current);
      this.#current = undefined;
    }
    this.#current ??= new HoldingQueue(this.#options);
    return this.#current.hold(message, redeliveries, boundMs);
  }

  /** Whether this channel's messages are in a queue that was replaced, and have to be moved. */
  isReplaced(channel: DeliveryChannel): boolean {
    return [...this.#replaced].some((queue) => queue.holdsOn(channel));
  }

  /**
   * Deletes replaced queues that hold nothing any more, with the copies in them that never arrived. One whose channel
   * has closed is left to the server: what it holds goes home, and then it expires.
   */
  deleteReplaced(boundMs: number): void {
    for (const queue of this.#replaced)
      if (queue.isDone || !queue.isDeaf) {
        this.#replaced.delete(queue);
        void queue.close(queue.isDone, boundMs);
      }
  }

  /** As `HoldingQueue.close`, for all of them. */
  async close(isEmpty: boolean, boundMs: number): Promise<void> {
    const queues = [...this.#replaced, ...(this.#current === undefined ? [] : [this.#current])];
    await Promise.all(queues.map((queue) => queue.close(isEmpty, boundMs)));
  }
}
