import type { Logger } from "./log/logger.js";

/** What core hands to a driver when it connects. */
export interface DriverEnvironment {
  /** Where the driver writes what an operator should know. Never write a password, or a URL that holds one. */
  readonly logger: Logger;
}

/**
 * Whether a driver can do something. If it cannot, `missing` gives the reason in a sentence: the conformance kit prints
 * it beside the test that it skips, and accepts no `false` without a reason.
 */
export type Capability = boolean | { readonly missing: string };

/** A message on its way to a queue. `body` is opaque text to a driver. */
export interface Outgoing {
  /** The queue's whole name, as `queueKey` makes it: any text. */
  readonly queue: string;
  /** Any text, the empty one too. */
  readonly body: string;
  /** Put it at the head of the queue, where the broker can. Default false. */
  readonly front?: boolean | undefined;
  /**
   * How long the broker keeps the message back, in milliseconds from when the server takes it; it is never delivered
   * earlier. Months are allowed; 0 (default) or less means at once.
   */
  readonly delayMs?: number | undefined;
}

/** A message that was handed to this subscription and is not yet settled. */
export interface Delivery {
  /** Unique among the unsettled deliveries of a subscription. */
  readonly id: string;
  readonly body: string;
  /** How often it was handed out before without being settled; 0 the first time. */
  readonly redeliveries: number;
}

/** Why a message became a dead letter. */
export type DeadLetterReason =
  | "malformed"
  | "tooLarge"
  | "unknownTask"
  | "redeliveredTooOften"
  | "retriesExhausted"
  | "permanentFailure";

/** How to settle a delivery. */
export type Settlement =
  /** Done: remove it. */
  | { readonly delivery: Delivery; readonly kind: "ack" }
  /** Remove it and send others: in one step where the broker can; else send, wait for the confirm, then remove. */
  | { readonly delivery: Delivery; readonly kind: "replace"; readonly by: readonly Outgoing[] }
  /** Move it to the dead letters of its queue, where it stays until it is redriven or purged. */
  | {
      readonly delivery: Delivery;
      readonly kind: "deadLetter";
      readonly reason: DeadLetterReason;
      /** A text of any length, of which a driver may keep only the beginning, 500 characters at least. */
      readonly error?: string | undefined;
    }
  /**
   * Put it back at the head of its queue, to be delivered again; not counted as a redelivery if the broker can avoid
   * it. Deliveries released in one call keep their order.
   */
  | { readonly delivery: Delivery; readonly kind: "release" };

/**
 * What became of a settlement. `lost`: the delivery no longer belonged to this subscription. Nothing was changed, and
 * it is or will be delivered again (or was settled by an earlier call whose answer was lost). `unknown`: the call broke
 * off and may have happened; core settles it again until it is settled or lost, so settling twice must do no harm.
 */
export type Outcome = "settled" | "lost" | "unknown" | Refused;

/**
 * Only for `replace`: the replacement can never be stored, because it is too large, or its queue's name or its delay is
 * too long. The delivery stays held; core stores a failure and makes it a dead letter. If a later try could succeed,
 * answer `unknown`.
 */
export interface Refused {
  readonly kind: "refused";
  readonly error: Error;
}

export interface SubscribeOptions {
  /** The most deliveries that may be out and not settled; a broker that sends ahead must not send more than that. */
  readonly maxUnsettled: number;
  /**
   * How often core will have a message delivered again before it makes it a dead letter. Core compares it with
   * `Delivery.redeliveries`; a broker with a limit of its own must set it higher than this.
   */
  readonly maxRedeliveries: number;
  /**
   * Call it when unsettled deliveries no longer belong to this subscription: the lease ran out, the channel broke. Pass
   * the very objects that `receive` resolved to.
   */
  onLost(deliveries: readonly Delivery[]): void;
  /** Call it with whatever goes wrong in the background: a failed lease renewal, a reconnect that does not succeed. */
  onError(error: Error): void;
}

/** A server's hold on one queue. It survives reconnects: the driver mends the connection, the subscription goes on. */
export interface Subscription {
  /**
   * Resolves to up to `limit` deliveries, in the queue's order, and waits up to `waitMs` for the first; to none when
   * that time is over or the subscription closes. Rejects with a YTaskError while nothing can be received: `Connection`
   * if the server cannot be reached, `AccessRefused`, `ServerFull` or `UnsupportedServer` if it refuses. Core calls
   * again after a moment, whatever the code. Must settle within `waitMs` and a few seconds, whatever happens to the
   * connection. Is never called again before it has settled.
   */
  receive(limit: number, waitMs: number): Promise<readonly Delivery[]>;
  /** One outcome for each settlement, in their order. Never rejects, and settles within a few seconds. */
  settle(settlements: readonly Settlement[]): Promise<readonly Outcome[]>;
  /**
   * Only for brokers that prefetch: raises the limit to `maxUnsettled + count`, since tasks are short and so many more
   * will begin soon. Core calls it when the count has doubled or halved, and with 0 once tasks are long. Deliveries
   * already sent do not count. Must keep the queue's order; must not throw. Without it, no more than `maxUnsettled` are
   * sent.
   */
  sendAhead?(count: number): void;
  /** Ends it: a pending `receive` resolves, and unsettled deliveries go back to the head of the queue, in their order. */
  close(): Promise<void>;
}

/** A message that was given up. */
export interface Letter {
  /** Unique among the dead letters of a queue. */
  readonly id: string;
  readonly body: string;
  readonly reason: DeadLetterReason;
  readonly error?: string | undefined;
  /** When it became a dead letter, by the server's clock where that has one. */
  readonly at: Date;
}

/** The dead letters of one queue. */
export interface DeadLetters {
  /** The oldest first; at most `limit` (default 100). */
  list(options?: { readonly limit?: number | undefined }): Promise<readonly Letter[]>;
  /**
   * The letters with these ids, in any order; ids that are gone are skipped. Optional: without it, core looks for them
   * with `list`.
   */
  find?(ids: readonly string[]): Promise<readonly Letter[]>;
  /**
   * Puts letters back into their queue, with the body that `rewrite` makes of each (default: as it was), and removes
   * them: never one without the other. All of them where `ids` is undefined, none where it is empty; ids that are gone
   * are passed over.
   * Resolves to how many were put back. Rejects with a YTaskError: `Connection` or `TimeOut` where it may still happen,
   * since core then keeps others from these letters for a minute.
   */
  redrive(ids?: readonly string[], rewrite?: (letter: Letter) => string): Promise<number>;
  /** Deletes them all. Resolves to how many there were. */
  purge(): Promise<number>;
}

/** How many messages a queue holds; undefined where the broker cannot tell. */
export interface Counts {
  readonly waiting: number | undefined;
  readonly delayed: number | undefined;
  readonly running: number | undefined;
  readonly dead: number | undefined;
}

export interface BrokerCapabilities {
  /** `redeliveries` counts each redelivery of a message that was really handed out, and nothing else. */
  readonly exactRedeliveryCount: Capability;
  /** `front` is strictly next in line, the last one sent first. */
  readonly front: Capability;
  /** `replace` by messages for the same queue happens in one step with the removal. */
  readonly atomicReplace: Capability;
  /** Released deliveries, and those of a subscription that closed or died, come back to the head in their order. Default true. */
  readonly orderedRelease?: Capability | undefined;
  /**
   * The server sends up to `maxUnsettled` deliveries ahead of `receive`, so core sets `maxUnsettled` to as many as run
   * at a time; see `Subscription.sendAhead` for more. Default false.
   */
  readonly sendsAhead?: boolean | undefined;
  /**
   * The most single sends that core puts into one call of `send`. More sends of the same turn go into further calls,
   * which overlap. A whole number of at least 1; default 50.
   */
  readonly sendBatchSize?: number | undefined;
  /**
   * Queues are on several servers, one of which may hang while the others answer. Since a call of `send` answers once
   * all of its messages are stored, core then puts messages for only one queue into each call. Default false.
   */
  readonly sharded?: boolean | undefined;
  /** The time limit of a task that names none, in milliseconds; for a broker that takes back what runs for too long. */
  readonly defaultTimeoutMs?: number | undefined;
}

/**
 * Moves messages. Everything that is sent is stored until it is settled: a broker that loses a message that it
 * confirmed is broken. Calls take batches and may overlap.
 */
export interface Broker {
  /** Known before `connect`, and always the same. */
  readonly capabilities: BrokerCapabilities;
  /**
   * Opens the connection, also again after `close`. Rejects within a few seconds with a YTaskError that names the
   * cause: `Connection` if trying again can help, `AccessRefused`, `UnsupportedServer` or `InvalidArgument` if not.
   * Core calls it once for all servers and clients that share the broker.
   */
  connect(environment?: DriverEnvironment): Promise<void>;
  /**
   * Resolves once the server has stored every message. Otherwise rejects with `SendFailed`, which distinguishes
   * messages that are not stored from those that may be. Settles within a few seconds and keeps no message for later.
   * Messages for one queue keep their order.
   */
  send(messages: readonly Outgoing[]): Promise<void>;
  /** Rejects like `connect`. */
  subscribe(queue: string, options: SubscribeOptions): Promise<Subscription>;
  deadLetters(queue: string): DeadLetters;
  counts(queue: string): Promise<Counts>;
  /**
   * Closes what `connect` opened, and nothing that the user handed over. Pending calls reject; a second call does no
   * harm.
   */
  close(): Promise<void>;
}
