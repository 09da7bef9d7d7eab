import { queueWord } from "./delays.js";
import { handingOn, type QueueSpec } from "./names.js";

/** How long a message waits before the server tries its queue again, in milliseconds. */
const waitMs = 1_000;

/**
 * Where a message waits that its queue refused, as one that a policy limits does while it is full. The server
 * moves it on with a confirm, as soon as there is room when it tries. Each queue has its own, since those that wait hold
 * up what comes after them; and without the group's name, so that a policy for the group's queue is not for this one.
 */
export const overflowQueue = (queue: QueueSpec): QueueSpec => ({
  name: `YTask:ts1:overflow:${queueWord(queue.name)}`,
  arguments: handingOn(waitMs, "", { "x-dead-letter-routing-key": queue.name }),
});
