import { ErrorCode, YTaskError } from "@ytask/core/driver";
import type { QueueType } from "../options.js";

/** A queue as it stands on the server. */
export interface QueueSpec {
  readonly name: string;
  /** The arguments that it is declared with; everyone who declares it has to agree. */
  readonly arguments: Readonly<Record<string, string | number | Int32>>;
  /** Why there is no such queue, where its group's name is too long, or would not arrive as it is. */
  readonly refusal?: YTaskError | undefined;
}

/** amqplib's way to write a number as an int32, which it does not choose for a small one. */
interface Int32 {
  readonly "!": "int";
  readonly value: number;
}

/** AMQP's longest name of a queue, in bytes. */
const longestName = 255;
/** The longest of the ends that are added to the name that core gives a queue. */
const longestEnd = ":ts1:quorum-dead";
/** The longest name that core may give a queue, in bytes: the same for both types, so that one can follow the other. */
const longestGiven = longestName - longestEnd.length;
/** The longest name of a group, in bytes: of its queue's, this is what core puts in front. */
const longestGroup = longestGiven - "YTask:Queue:".length;

/** As high as it goes: when a message was redelivered too often is core's to decide, and RabbitMQ 4 drops it after 20. */
const deliveryLimit = 2_147_483_647;

const quorumArguments = { "x-queue-type": "quorum", "x-delivery-limit": deliveryLimit };

/**
 * The arguments of a queue whose messages wait and are then handed on. Only quorum queues hand on expired messages with a
 * confirm (`at-least-once`, which demands `reject-publish`); classic ones lose what is on its way when the server crashes.
 *
 * @param ttlMs how long they wait, in milliseconds
 * @param exchange where they go then; "" to the queue that `more` names
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
 * `x-max-priority` of 9), since a queue's second declaration must not differ; quorum queues have a name of their own.
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
 * Refuses a queue for which there is no room in a name, or not for its dead letters, and one with a line break.
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

/** RabbitMQ leaves line breaks out of the name of a queue, which would then be another group's. */
const brokenOver = (queue: string): YTaskError =>
  new YTaskError(
    ErrorCode.InvalidArgument,
    `the queue's name has a line break, which RabbitMQ leaves out; choose another group name: ${JSON.stringify(queue)}`,
  );
