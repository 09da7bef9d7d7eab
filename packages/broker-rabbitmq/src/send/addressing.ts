import { createHash, randomUUID } from "node:crypto";
import { StringDecoder } from "node:string_decoder";
import type { DeadLetterReason, Letter, Outgoing } from "@ytask/core/driver";
import type { Message } from "amqplib";
import type { QueueType } from "../options.js";
import { deadQueue, groupQueue } from "../queues/names.js";
import type { Addressed } from "./sender.js";

/** The Go original's priority for messages that go to the head of the queue. */
const frontPriority = 5;

const REASON = "ytask-reason";
const ERROR = "ytask-error";
const AT = "ytask-at";
const ORDER = "ytask-order";

/**
 * The longest error text that is kept with a dead letter, in bytes: a message's headers must fit into one frame, which
 * may be as small as 4,096 bytes on some servers, or the server closes the connection.
 */
const longestError = 3_000;
/** The end of an error text that was cut. */
const cutMark = "… (cut)";
const longestCut = longestError - Buffer.byteLength(cutMark);

/** A message of core's, on its way to its queue. */
export const outgoing = (message: Outgoing, type: QueueType): Addressed => ({
  to: groupQueue(message.queue, type),
  body: Buffer.from(message.body),
  delayMs: message.delayMs,
  properties: message.front === true ? { priority: frontPriority } : undefined,
});

/** How many dead letters this process has made: orders those of the same millisecond. */
let deadLetters = 0;

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
      [ORDER]: deadLetters++,
      ...(error === undefined ? {} : { [ERROR]: beginningOf(error) }),
    },
  },
});

/** An error text; if it is too long, as many whole characters as are kept, and a mark. */
function beginningOf(error: string): string {
  const bytes = Buffer.from(error.slice(0, longestError + 1));
  if (bytes.length <= longestError) return error;
  return new StringDecoder("utf8").write(bytes.subarray(0, longestCut)) + cutMark;
}

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

/** A UUID as `randomUUID` makes it: the ids of letters that this broker wrote. No two are the same. */
const ownId = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Whether only one letter can have this id. Other programs may give the same id to many letters, or none. */
export const isUniqueId = (id: string): boolean => ownId.test(id);

/** The id of a dead letter. A letter without one is identified by its body. */
export function letterId({ properties: { messageId }, content }: Message): string {
  const given: unknown = messageId;
  return typeof given === "string" && given !== ""
    ? given
    : `body-${createHash("sha256").update(content).digest("base64url")}`;
}

/** Reads a dead letter. A foreign message in the queue counts as malformed. */
export function letterOf(message: Message): Letter {
  const { headers = {} } = message.properties;
  const reason: unknown = headers[REASON];
  const error: unknown = headers[ERROR];
  const at = new Date(numberIn(message, AT));
  return {
    id: letterId(message),
    body: message.content.toString(),
    reason: isReason(reason) ? reason : "malformed",
    ...(typeof error === "string" ? { error } : {}),
    at: Number.isNaN(at.getTime()) ? new Date(0) : at,
  };
}

/** Compares dead letters by their time; those that one process made in the same millisecond, by their number. */
export function byAge(one: Message, other: Message): number {
  const [at, order] = ageOf(one);
  const [otherAt, otherOrder] = ageOf(other);
  return at - otherAt || order - otherOrder;
}

const ageOf = (message: Message): readonly [at: number, order: number] => [
  numberIn(message, AT),
  numberIn(message, ORDER),
];

/** A number in a letter's header; 0 if there is none. */
function numberIn({ properties: { headers = {} } }: Message, name: string): number {
  const value: unknown = headers[name];
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
