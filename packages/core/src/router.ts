import type { Outgoing } from "./broker.js";
import { ErrorCode, YTaskError } from "./errors.js";
import { delayedQueueKey, queueKey, type WireVersion } from "./keys.js";
import { type Message, serializeMessage } from "./message.js";

/** The most bytes of the fields that a server or a redrive adds to a message. */
export const addedBytes = 1_024;

/**
 * The most bytes that a message may have. Sending a message again adds a few fields, and it must not be refused for
 * those.
 */
export const limitOf = ({ extra }: Message, maxMessageBytes: number): number => {
  const { retried, unknownForMs, executionId } = extra;
  const isSentAgain = retried !== undefined || unknownForMs !== undefined || executionId !== undefined;
  return maxMessageBytes + (isSentAgain ? addedBytes : 0);
};

/** What decides where a message goes and how it is written. */
export interface Routing {
  readonly wireVersion: WireVersion;
  readonly maxMessageBytes: number;
  /** Whether a delayed message for a group goes to the Go original's delayed queue, not to the broker's own delays. */
  delaysInGoQueue(group: string): boolean;
}

class OutgoingMessage implements Outgoing {
  constructor(
    readonly queue: string,
    readonly body: string,
    readonly front: boolean,
    readonly delayMs: number,
  ) {}
}

/**
 * A message as the broker takes it.
 *
 * @throws YTaskError `TooLarge` if its body exceeds the limit
 */
export function outgoingOf(
  routing: Routing,
  group: string,
  message: Message,
  delayMs: number,
  front = false,
): Outgoing {
  const body = serializeMessage(message, routing.wireVersion);
  if (isLarger(body, limitOf(message, routing.maxMessageBytes)))
    throw new YTaskError(
      ErrorCode.TooLarge,
      `the message of task ${group}/${message.name} has ${Buffer.byteLength(body)} bytes, more than the limit of ` +
        `${routing.maxMessageBytes}; send less, or a reference to where the data is, or raise maxMessageBytes`,
    );
  if (message.runTime !== undefined && routing.delaysInGoQueue(group))
    return new OutgoingMessage(delayedQueueKey(group, routing.wireVersion), body, front, 0);
  // A step that a Go client sent may carry a negative delay.
  return new OutgoingMessage(queueKey(group, routing.wireVersion), body, front, Math.max(0, delayMs));
}

/** The most bytes that a character of a text takes in a message: as \u00XX. This also covers what is around each text. */
const mostBytesOfCharacter = 6;
/**
 * The most bytes that a message without a workflow takes besides its texts: its id, its times, the names of the fields.
 */
const mostBytesBeside = 1_024;

/**
 * Refuses a message without a workflow that `outgoingOf` would refuse. Serializes it only if it may be too large, so
 * that the first of many messages are on their way before the last are serialized.
 *
 * @throws YTaskError `TooLarge`
 */
export function refuseTooLarge(routing: Routing, group: string, message: Message): void {
  let characters = message.name.length;
  for (const text of message.args) characters += text.length;
  if (mostBytesBeside + characters * mostBytesOfCharacter > routing.maxMessageBytes)
    outgoingOf(routing, group, message, 0);
}

/** Whether a text has more bytes than that. Counts exactly only if it matters. */
export const isLarger = (text: string, bytes: number): boolean =>
  text.length > bytes || (text.length * 3 > bytes && Buffer.byteLength(text) > bytes);
