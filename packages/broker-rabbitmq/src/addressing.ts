import { randomUUID } from "node:crypto";
import type { DeadLetterReason, Letter, Outgoing } from "@ytask/core/driver";
import type { GetMessage } from "amqplib";
import { deadQueue, groupQueue } from "./names.js";
import type { QueueType } from "./options.js";
import type { Addressed } from "./sender.js";

/** The Go original's priority of what goes to the head of the queue. */
const frontPriority = 5;

const REASON = "ytask-reason";
const ERROR = "ytask-error";
const AT = "ytask-at";
const ORDER = "ytask-order";

/** The longest error text that is kept with a dead letter, in characters: a message's headers have to fit one frame. */
const longestError = 8_192;

/** A message of core's, on its way to its queue. */
export const outgoing = (message: Outgoing, type: QueueType): Addressed => ({
  to: groupQueue(message.queue, type),
  body: Buffer.from(message.body),
  delayMs: message.delayMs,
  properties: message.front === true ? { priority: frontPriority } : undefined,
});

/** How many dead letters this process made: the order of those of one millisecond. */
let buried = 0;

/** A message that was given up, on its way to the dead letters of its queue. */
export const deadLetter = (
  queue: string,
  type: QueueType,
  body: Buffer,
  reason: DeadLetterReason,
  error: string | undefined,
): Addressed => ({
  to: deadQueue(queue, type),
  body,
  properties: {
    messageId: randomUUID(),
    headers: {
      [REASON]: reason,
      [AT]: Date.now(),
      [ORDER]: buried++,
      ...(error === undefined ? {} : { [ERROR]: error.slice(0, longestError) }),
    },
  },
});

const reasons: readonly string[] = [
  "malformed",
  "tooLarge",
  "unknownTask",
  "redeliveredTooOften",
  "retriesExhausted",
  "permanentFailure",
] satisfies DeadLetterReason[];

const isReason = (value: unknown): value is DeadLetterReason =>
  typeof value === "string" && reasons.includes(value);

/** Reads a dead letter. What somebody else put into the queue counts as malformed. */
export function letterOf(message: GetMessage): Letter {
  const { headers = {}, messageId } = message.properties;
  const reason: unknown = headers[REASON];
  const error: unknown = headers[ERROR];
  const at: unknown = headers[AT];
  return {
    id: String(messageId),
    body: message.content.toString(),
    reason: isReason(reason) ? reason : "malformed",
    ...(typeof error === "string" ? { error } : {}),
    at: new Date(typeof at === "number" ? at : 0),
  };
}

/** Compares dead letters by their time, and those that one process made in one millisecond by their number. */
export function byAge(one: GetMessage, other: GetMessage): number {
  const [at, order] = ageOf(one);
  const [otherAt, otherOrder] = ageOf(other);
  return at - otherAt || order - otherOrder;
}

function ageOf({ properties: { headers = {} } }: GetMessage): readonly [at: number, order: number] {
  const at: unknown = headers[AT];
  const order: unknown = headers[ORDER];
  return [typeof at === "number" ? at : 0, typeof order === "number" ? order : 0];
}
