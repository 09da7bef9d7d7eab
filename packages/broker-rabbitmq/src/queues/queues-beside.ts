import { queueWord } from "./delays.js";
import { handingOn, type QueueSpec } from "./names.js";

/** How long a message that was refused waits before the server tries its queue again, in milliseconds. */
const waitMs = 1_000;
/** The shortest that a message can wait, in milliseconds. */
const leastMs = 1;

/**
 * A queue beside another, which moves what comes into it on to that one, with a confirm, as soon as there is room when
 * the server tries. Each queue has its own: those that wait hold up what comes after them. Without the group's name, so
 * that a policy for the group's queue is not for this one.
 */
const beside = (kind: string, queue: QueueSpec, ttlMs: number): QueueSpec => ({
  name: `YTask:ts1:${kind}:${queueWord(queue.name)}`,
  arguments: handingOn(ttlMs, "", { "x-dead-letter-routing-key": queue.name }),
});

/** Where a message waits that its queue refused, as one that a policy limits does while it is full. */
export const overflowQueue = (queue: QueueSpec): QueueSpec => beside("overflow", queue, waitMs);

/**
 * Where delays end. A queue that hands on has at most 32 messages on their way: 32 for a queue that is full, deleted or on
 * a lost node would hold up whatever is delayed in the levels, which all groups share; here they hold up their own.
 */
export const dueQueue = (queue: QueueSpec): QueueSpec => beside("due", queue, leastMs);
