import type { Outgoing } from "../broker.js";
import type { Clock } from "../time/clock.js";
import { MemoryQueue } from "./memory-queue.js";

/** The queues that brokers share. */
export class MemoryStore {
  readonly clock: Clock;
  readonly #queues = new Map<string, MemoryQueue>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The queue of that name, which is created if there is none. */
  queue(name: string): MemoryQueue {
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = new MemoryQueue(this.clock);
      this.#queues.set(name, queue);
    }
    return queue;
  }

  add(messages: readonly Outgoing[]): void {
    for (const message of messages) this.queue(message.queue).add(message);
  }
}
