import { ErrorCode, YTaskError } from "@ytask/core/driver";
import type { QueueType } from "./options.js";

/** A queue as it stands on the server. */
export interface QueueSpec {
  readonly name: string;
  /** The arguments that it is declared with; everyone who declares it has to agree. */
  readonly arguments: Readonly<Record<string, string | number | Int32>>;
}

/** amqplib's way to write a number as an int32, which it does not choose for a small one. */
interface Int32 {
  readonly "!": "int";
  readonly value: number;
}

/** AMQP's longest name of a queue, in bytes. */
const longestName = 255;

/** As high as it goes: when a message was redelivered too often is core's to decide, and RabbitMQ 4 drops it after 20. */
const deliveryLimit = 2_147_483_647;

const quorumArguments = { "x-queue-type": "quorum", "x-delivery-limit": deliveryLimit };

/**
 * Where a group's messages are. Classic queues are declared exactly as the Go original declares them (int32
 * `x-max-priority` of 9), since a queue's second declaration must not differ; quorum queues have a name of their own.
 */
export function groupQueue(queue: string, type: QueueType): QueueSpec {
  return type === "classic"
    ? named(queue, { "x-max-priority": { "!": "int", value: 9 } })
    : named(`${queue}:ts1:quorum`, quorumArguments);
}

/** Where a group's dead letters are. `ts1` is the version of this layout. */
export function deadQueue(queue: string, type: QueueType): QueueSpec {
  return type === "classic"
    ? named(`${queue}:ts1:dead`, {})
    : named(`${queue}:ts1:quorum-dead`, quorumArguments);
}

function named(name: string, given: QueueSpec["arguments"]): QueueSpec {
  const bytes = Buffer.byteLength(name);
  if (bytes <= longestName) return { name, arguments: given };
  throw new YTaskError(
    ErrorCode.InvalidArgument,
    `the queue's name has ${bytes} bytes, and RabbitMQ takes ${longestName}; shorten the group's name: ${name}`,
  );
}
