import { ErrorCode, YTaskError } from "@ytask/core/driver";
import type { QueueType } from "../options.js";

/** A queue as it is on the server. */
export interface QueueSpec {
  readonly name: string;
  /** The arguments that it is declared with; everyone who declares it has to agree. */
  readonly arguments: Readonly<Record<string, string | number | Int32>>;
  /**
   * Why there can be no such queue: its group's name is too long, or would not arrive unchanged. Undefined if there
   * can.
   */
  readonly refusal?: YTaskError | undefined;
}

/** How amqplib writes a number as an int32; it would choose another type for a small one. */
interface Int32 {
  readonly "!": "int";
  readonly value: number;
}

/** AMQP's longest name of a queue, in bytes. */
const longestName = 255;
/** The longest suffix that is added to the name that core gives a queue. */
const longestEnd = ":ts1:quorum-dead";
/** The longest name that core may give a queue, in bytes: the same for both types, so that one can replace the other. */
const longestGiven = longestName - longestEnd.length;
/** The longest name of a group, in bytes: its queue's, less the prefix that core adds. */
const longestGroup = longestGiven - "YTask:Queue:".length;

/** As high as possible: core decides when a message was redelivered too often, and RabbitMQ 4 would drop it after 20. */
const deliveryLimit = 2_147_483_647;

const quorumArguments = { "x-queue-type": "quorum", "x-delivery-limit": deliveryLimit };

/**
 * The arguments of a queue whose messages wait and are then passed on. Only quorum queues pass on expired messages with
 * a confirm (`at-least-once`, which requires `reject-publish`); classic ones lose what is on its way when the server
 * crashes.
 *
 * @param ttlMs how long messages wait, in milliseconds
 * @param exchange where they go then; "" for the queue that `more` names
 */
export const handingOn = (
  ttlMs: number,
  exchange: string,
  more: QueueSpec["arguments"] = {},
): QueueSpec["arguments"] => ({
  "x-queue-type": "quorum",
  "x-message-ttl": ttlMs,
  "x-overflow": "reject-publish",
  "x-dead-letter-strategy": "at-least-once",
  "x-dead-letter-exchange": exchange,
  ...more,
});

/**
 * Where a group's messages are. Classic queues are declared exactly as the Go original declares them (int32
 * `x-max-priority` of 9), since a queue's second declaration must not differ; quorum queues have their own names.
 */
export function groupQueue(queue: string, type: QueueType): QueueSpec {
  return type === "classic"
    ? specOf(queue, "", { "x-max-priority": { "!": "int", value: 9 } })
    : specOf(queue, ":ts1:quorum", quorumArguments);
}

/** Where a group's dead letters are. `ts1` is the version of this layout. */
export function deadQueue(queue: string, type: QueueType): QueueSpec {
  return type === "classic" ? specOf(queue, ":ts1:dead", {}) : specOf(queue, longestEnd, quorumArguments);
}

/**
 * Refuses a queue whose name, or that of its dead letters, would be too long, and a name with a line break.
 *
 * @throws YTaskError `InvalidArgument`
 */
export function checkName({ refusal }: QueueSpec): void {
  if (refusal !== undefined) throw refusal;
}

function specOf(queue: string, end: string, given: QueueSpec["arguments"]): QueueSpec {
  const name = queue + end;
  const bytes = Buffer.byteLength(queue);
  if (/[\r\n]/.test(queue)) return { name, arguments: given, refusal: brokenOver(queue) };
  if (bytes <= longestGiven) return { name, arguments: given };
  const refusal = new YTaskError(
    ErrorCode.InvalidArgument,
    `the queue's name has ${bytes} bytes, and RabbitMqBroker takes ${longestGiven}, which is a group's name of ` +
      `${longestGroup}; shorten the group's name by ${bytes - longestGiven}: ${queue}`,
  );
  return { name, arguments: given, refusal };
}

/** RabbitMQ drops line breaks from the name of a queue, which would then be another group's. */
const brokenOver = (queue: string): YTaskError =>
  new YTaskError(
    ErrorCode.InvalidArgument,
    `the queue's name has a line break, which RabbitMQ leaves out; choose another group name: ${JSON.stringify(queue)}`,
  );
