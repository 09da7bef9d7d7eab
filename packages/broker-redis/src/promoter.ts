import { ErrorCode, YTaskError } from "@ytask/core/driver";
import { type Connection, isReply } from "@ytask-internal/redis-connection";
import { Loop } from "./loop.js";
import type { QueueKeys } from "./queue-keys.js";
import { promote } from "./scripts/promote.js";

/**
 * The longest and the shortest pause between two looks at a queue, in milliseconds: how late a message can be, and how
 * busy this is.
 */
const longestRestMs = 25;
const shortestRestMs = 3;
/** Queues that are due for a look within this many milliseconds of each other are looked at together. */
const togetherMs = 5;
/** The most messages that one call moves, and the most queues that it looks at. */
const mostMessages = 1_000;
const mostQueues = 200;

/** A queue whose delayed messages are moved. */
export interface PromotedQueue {
  readonly keys: QueueKeys;
  /** Called when there may be messages that no blocking move sees. */
  readonly onHidden: () => void;
  readonly onError: (error: Error) => void;
}

interface Entry {
  readonly queue: PromotedQueue;
  /** When to look at it next, by `performance.now()`. */
  dueAt: number;
  /** The last error reported for it, while it fails. */
  reported: string;
}

/**
 * What the script returns for a queue: how many messages were moved, in how many ms the next is due, how many are
 * hidden.
 */
type Progress = readonly [moved: number, nextInMs: number, hidden: number];
/** Progress, or the text of an error. */
type Reply = Progress | string;

/**
 * Moves delayed messages into their queues when they are due, in one call for many queues; in a Cluster these must
 * share a slot. It sleeps on this side, because Redis rounds the timeouts of blocking calls too coarsely.
 */
export class Promoter {
  readonly #connection: Connection;
  /** The queues, in the order in which they are looked at: the first of them get the most of what one call may move. */
  readonly #entries = new Set<Entry>();
  #queuesOfACall = mostQueues;
  #loop: Loop | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Adds a queue. Returns a function that removes it. */
  add(queue: PromotedQueue): () => void {
    const entry: Entry = { queue, dueAt: 0, reported: "" };
    this.#entries.add(entry);
    this.#loop ??= new Loop(
      () => this.#look(),
      (error) => {
        for (const { queue } of this.#entries) queue.onError(error);
      },
    );
    this.#loop.hurry();
    return () => this.#remove(entry);
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry);
    if (this.#entries.size > 0) return;
    this.#loop?.stop();
    this.#loop = undefined;
  }

  /** Resolves to how long to rest, in milliseconds. */
  async #look(): Promise<number> {
    const soon = performance.now() + togetherMs;
    const due = [...this.#entries].filter(({ dueAt }) => dueAt <= soon);
    const calls: Promise<void>[] = [];
    for (let from = 0; from < due.length; from += this.#queuesOfACall)
      calls.push(this.#promote(due.slice(from, from + this.#queuesOfACall)));
    await Promise.all(calls);
    const next = Math.min(...[...this.#entries].map(({ dueAt }) => dueAt));
    return Math.min(longestRestMs, Math.max(0, next - performance.now()));
  }

  async #promote(entries: readonly Entry[]): Promise<void> {
    const keys = entries.flatMap(({ queue: { keys: own } }) => {
      const { delayed, queue, arrived, returned } = own;
      return [delayed, queue, arrived, returned];
    });
    let replies: readonly Reply[];
    try {
      replies = (await this.#connection.use((client) =>
        promote.run(client, keys, [mostMessages, longestRestMs]),
      )) as Reply[]; // what the script returns: one for each queue
    } catch (error) {
      if (!isAboutKeys(error)) throw error;
      this.#queuesOfACall = 1;
      if (entries.length === 1) for (const entry of entries) this.#noteError(entry, error);
      return;
    }
    for (const [index, entry] of entries.entries()) {
      const reply = replies[index];
      if (typeof reply === "string") this.#noteError(entry, this.#connection.explain(reply));
      else if (reply !== undefined && this.#entries.has(entry)) this.#note(entry, reply);
    }
  }

  #note(entry: Entry, [moved, nextInMs, hidden]: Progress): void {
    entry.reported = "";
    if (moved > 0 || hidden > 0) entry.queue.onHidden();
    if (nextInMs === 0) {
      entry.dueAt = 0;
      // More was due than the call could move. Queues that have had their share go behind the others.
      if (moved > 0) this.#entries.delete(entry);
      this.#entries.add(entry);
    } else {
      const restMs = nextInMs < 0 ? longestRestMs : Math.max(shortestRestMs, nextInMs);
      entry.dueAt = performance.now() + restMs;
    }
  }

  #noteError(entry: Entry, error: YTaskError): void {
    entry.dueAt = performance.now() + longestRestMs;
    if (error.message === entry.reported) return;
    entry.reported = error.message;
    entry.queue.onError(error);
  }
}

/**
 * Whether Redis refuses a call because of one of its keys: the user may not use it, or the keys are of several slots,
 * because one server or proxy stands for a Cluster. From then on each queue gets its own calls.
 */
const isAboutKeys = (error: unknown): error is YTaskError =>
  YTaskError.isInstance(error) &&
  isReply(error.cause) &&
  (error.code === ErrorCode.AccessRefused || error.cause.message.includes("CROSSSLOT"));
