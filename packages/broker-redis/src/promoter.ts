import type { Connection } from "@ytask-internal/redis-connection";
import { Loop } from "./loop.js";
import type { QueueKeys } from "./queue-keys.js";
import { promote } from "./scripts/promote.js";

/** The longest and the shortest rest between two looks, in milliseconds: how late a message can be, and how busy this is. */
const longestRestMs = 25;
const shortestRestMs = 3;
/** The most messages that one call moves, and the most queues that it looks at. */
const mostMessages = 1_000;
const mostQueues = 200;

/** A queue whose delayed messages are moved. */
export interface PromotedQueue {
  readonly keys: QueueKeys;
  /** To be called when there may be messages that no blocking move sees. */
  readonly onHidden: () => void;
  readonly onError: (error: Error) => void;
}

/** What the script tells of a queue: how many were moved, in how many ms the next is due, how many are hidden; or an error. */
type Reply = readonly [number, number, number] | string;

/**
 * Moves delayed messages into their queues when they are due, in one call for all queues, which in a Cluster have to be
 * of one slot. It sleeps on this side: Redis rounds the time-outs of blocking calls too coarsely.
 */
export class Promoter {
  readonly #connection: Connection;
  /** Each with the error that was last told of it. */
  readonly #queues = new Map<PromotedQueue, string>();
  #loop: Loop | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Begins with a queue. Returns what ends that. */
  add(queue: PromotedQueue): () => void {
    this.#queues.set(queue, "");
    this.#loop ??= new Loop(
      () => this.#look(),
      (error) => {
        for (const { onError } of this.#queues.keys()) onError(error);
      },
    );
    this.#loop.hurry();
    return () => this.#remove(queue);
  }

  #remove(queue: PromotedQueue): void {
    this.#queues.delete(queue);
    if (this.#queues.size > 0) return;
    this.#loop?.stop();
    this.#loop = undefined;
  }

  /** Resolves to how long to rest, in milliseconds. */
  async #look(): Promise<number> {
    const rests = await Promise.all(this.#pieces().map((queues) => this.#promote(queues)));
    return Math.min(longestRestMs, ...rests);
  }

  #pieces(): readonly (readonly PromotedQueue[])[] {
    const queues = [...this.#queues.keys()];
    const count = Math.ceil(queues.length / mostQueues);
    return Array.from({ length: count }, (_, index) =>
      queues.slice(index * mostQueues, (index + 1) * mostQueues),
    );
  }

  async #promote(queues: readonly PromotedQueue[]): Promise<number> {
    const keys = queues.flatMap(({ keys }) => [keys.delayed, keys.queue, keys.arrived, keys.returned]);
    const replies = await this.#connection.use((client) => promote.run(client, keys, [mostMessages]));
    const rests = queues.map((queue, index) =>
      this.#noted(queue, (replies as Reply[])[index] ?? "no answer"),
    );
    if (rests.includes(0)) this.#takeTurns(queues);
    return Math.min(...rests);
  }

  /** Passes on what the script tells of a queue. Returns how long its messages let it rest, in milliseconds. */
  #noted(queue: PromotedQueue, reply: Reply): number {
    const reported = this.#queues.get(queue);
    if (reported === undefined) return longestRestMs; // removed meanwhile
    const error = typeof reply === "string" ? reply : "";
    if (error !== reported) this.#queues.set(queue, error);
    if (typeof reply === "string") {
      if (error !== reported) queue.onError(this.#connection.explain(error));
      return longestRestMs;
    }
    const [moved, nextInMs, hidden] = reply;
    if (moved > 0 || hidden > 0) queue.onHidden();
    if (nextInMs < 0) return longestRestMs;
    return nextInMs === 0 ? 0 : Math.max(shortestRestMs, nextInMs);
  }

  /** More was due than one call moves: who came first in it comes last in the next, so that none waits for another's end. */
  #takeTurns([first]: readonly PromotedQueue[]): void {
    const reported = first && this.#queues.get(first);
    if (first === undefined || reported === undefined) return;
    this.#queues.delete(first);
    this.#queues.set(first, reported);
  }
}
