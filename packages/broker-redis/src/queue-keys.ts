import { ErrorCode, YTaskError } from "@ytask/core/driver";

/** The Redis keys of one queue. All but the queue itself begin with its name in braces, so that they share its slot. */
export interface QueueKeys {
  /** LIST of bodies: the Go original's queue. */
  readonly queue: string;
  /** LIST of bodies that a blocking move took to wake a server; they come before the queue. */
  readonly arrived: string;
  /** LIST of "redeliveries:body", before all others: what servers that died held, and what was released again. */
  readonly returned: string;
  /** ZSET of messages that are held back, by when they are due. */
  readonly delayed: string;
  /** ZSET of consumers, by when their lease ends. */
  readonly leases: string;
  /** ZSET of the same consumers, by the length of their lease: from it comes again what was deleted of the leases. */
  readonly consumers: string;
  /** STREAM of dead letters: body, reason, error. */
  readonly dead: string;
  /** ZSET of the tokens of recent sends, by when they were stored. */
  readonly sent: string;
  /** What comes before a consumer's name in the name of its HASH, token to body. */
  readonly consumerPrefix: string;
}

/** Throws `InvalidArgument` for a queue with braces in its name. */
export function queueKeys(queue: string): QueueKeys {
  if (/[{}]/.test(queue))
    throw new YTaskError(
      ErrorCode.InvalidArgument,
      `the queue name ${JSON.stringify(queue)} is refused: braces would choose its place in a Redis Cluster`,
    );
  const own = (name: string): string => `{${queue}}:ts1:${name}`;
  return {
    queue,
    arrived: own("arrived"),
    returned: own("returned"),
    delayed: own("delayed"),
    leases: own("leases"),
    consumers: own("consumers"),
    dead: own("dead"),
    sent: own("sent"),
    consumerPrefix: own("consumer:"),
  };
}
