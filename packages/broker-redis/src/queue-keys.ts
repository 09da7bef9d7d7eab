import { ErrorCode, YTaskError } from "@ytask/core/driver";

/** The Redis keys of one queue. All but the queue itself begin with its name in braces, so that they share its slot. */
export interface QueueKeys {
  /** LIST of bodies: the Go original's queue. */
  readonly queue: string;
  /** LIST of bodies that a blocking move took in order to wake a server; they come before the queue. */
  readonly arrived: string;
  /**
   * LIST of "redeliveries:body", before everything else: what servers that died held, and what was released with a
   * count.
   */
  readonly returned: string;
  /** ZSET of delayed messages, by when they are due. */
  readonly delayed: string;
  /** ZSET of consumers, by when their lease ends. */
  readonly leases: string;
  /** ZSET of the same consumers, by the length of their lease: deleted leases are restored from it. */
  readonly consumers: string;
  /** STREAM of dead letters: body, reason, error. */
  readonly dead: string;
  /** ZSET of the tokens of recent sends, by when they were stored. */
  readonly sent: string;
  /** The prefix of a consumer's HASH, token to body; the consumer's name follows. */
  readonly consumerPrefix: string;
}

/** @throws YTaskError `InvalidArgument` for a queue with braces in its name */
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
