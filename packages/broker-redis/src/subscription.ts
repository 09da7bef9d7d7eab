import {
  bounded,
  type Delivery,
  ErrorCode,
  type Logger,
  type Outcome,
  type Settlement,
  SettlesUnderWay,
  type SubscribeOptions,
  type Subscription,
  YTaskError,
} from "@ytask/core/driver";
import type { Connection } from "@ytask-internal/redis-connection";
import { Consumer } from "./consumer.js";
import { Loop } from "./loop.js";
import type { Promoter } from "./promoter.js";
import type { QueueKeys } from "./queue-keys.js";
import { Reaper } from "./reaper.js";
import type { Sender } from "./sender.js";
import { Settler } from "./settler.js";
import { Waker } from "./waker.js";

/** The most that one call reserves. */
const mostAtOnce = 1_000;
/**
 * A body longer than this, in bytes, that does not arrive in time is too large. For a shorter one, the line is too
 * slow.
 */
const longestSlow = 1_000_000;

export interface SubscriptionParts {
  /** The broker's connection. */
  readonly connection: Connection;
  /** A connection for blocking calls; the subscription closes it. */
  readonly blocking: Connection;
  readonly keys: QueueKeys;
  readonly promoter: Promoter;
  readonly sender: Sender;
  readonly leaseMs: number;
  readonly deadLetterLimit: number | undefined;
  readonly onDeadLetters: (count: number) => void;
  readonly onClose: (subscription: RedisSubscription) => void;
  readonly logger: Logger;
}

/** A server's hold on one queue. */
export class RedisSubscription implements Subscription {
  readonly #parts: SubscriptionParts;
  readonly #consumer: Consumer;
  readonly #waker: Waker;
  readonly #settler: Settler;
  #stopPromoting: (() => void) | undefined;
  readonly #reaper: Reaper;
  readonly #renewal: Loop;
  readonly #maxUnsettled: number;
  readonly #stopListening: () => void;
  readonly #onError: (error: Error) => void;
  readonly #settles = new SettlesUnderWay();
  #closing: Promise<void> | undefined;

  constructor(parts: SubscriptionParts, options: SubscribeOptions) {
    const { connection, keys, leaseMs } = parts;
    const onError = options.onError.bind(options);
    this.#onError = onError;
    this.#parts = parts;
    this.#maxUnsettled = options.maxUnsettled;
    this.#waker = new Waker(parts.blocking, keys);
    this.#consumer = new Consumer(connection, keys, leaseMs, {
      onLost: options.onLost.bind(options),
      onFound: () => this.#waker.nudge(),
    });
    this.#settler = new Settler(this.#consumer, keys, parts.sender, { ...parts, onError });
    this.#reaper = new Reaper(connection, keys, {
      isOwn: (name) => this.#consumer.isOwn(name),
      leaseMs,
      onRecovered: (count) => this.#recovered(count),
      onClockStep: () => this.#renewal.hurry(),
      onError,
    });
    this.#renewal = new Loop(async () => {
      await this.#consumer.renew();
      return leaseMs / 3;
    }, onError);
    this.#stopListening = connection.onReady(() => this.#renewal.hurry());
    this.#renewal.hurry();
  }

  /** Resolves once the server knows of this subscription. */
  async begin(): Promise<void> {
    await this.#consumer.hold();
    if (this.#closing !== undefined) return;
    const { promoter, keys } = this.#parts;
    // Only once it is known that the user may use these keys: otherwise they would hold up the call for all queues.
    this.#stopPromoting = promoter.add({
      keys,
      onHidden: () => this.#waker.nudge(),
      onError: this.#onError,
    });
  }

  async receive(limit: number, waitMs: number): Promise<readonly Delivery[]> {
    const end = performance.now() + waitMs;
    for (;;) {
      if (this.#closing !== undefined) return [];
      const room = Math.min(limit, mostAtOnce, this.#maxUnsettled - this.#consumer.size);
      if (room > 0) await this.#clear();
      const deliveries = room > 0 ? await this.#consumer.reserve(room) : [];
      // What was reserved during the close has gone back to the queue with the rest.
      if (this.#closing !== undefined) return [];
      const leftMs = end - performance.now();
      if (deliveries.length > 0 || leftMs <= 0) return deliveries;
      // A full subscription must not wait on a message: waking takes it away from other servers.
      await (room > 0 ? this.#waker.wait(leftMs) : this.#waker.nudged(leftMs));
    }
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly Outcome[]> {
    const wasFull = this.#consumer.size >= this.#maxUnsettled;
    const outcomes = await this.#settles.settle(
      settlements,
      (delivery) => this.#consumer.holds(delivery),
      (held) => this.#settler.settle(held),
    );
    if (wasFull) this.#waker.nudge();
    return outcomes;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#renewal.stop();
    this.#stopPromoting?.();
    this.#reaper.stop();
    this.#stopListening();
    this.#waker.close();
    // What is done must not be given back only because the calls that settle it are still pending.
    await bounded(this.#settles.ended(), this.#parts.connection.commandTimeoutMs, () => undefined);
    try {
      await this.#consumer.leave();
    } catch (error) {
      this.#parts.logger.warn(
        "unsettled messages could not be given back; they are when the lease runs out",
        {
          queue: this.#parts.keys.queue,
          error: (error as Error).message,
        },
      );
    }
    this.#parts.onClose(this);
  }

  /** Gets rid of a message whose body does not arrive in time. */
  async #clear(): Promise<void> {
    const { stuck, tokens } = this.#consumer.unread;
    if (stuck === undefined) return;
    const { connection, keys } = this.#parts;
    const what = `a message of ${stuck.bytes} bytes in ${keys.queue} does not come through within ${connection.commandTimeoutMs} ms`;
    if (stuck.bytes > longestSlow) {
      const text = `${what}; raise commandTimeoutMs, then redrive it; or send less in one message`;
      await this.#settler.deadLetter(stuck, "tooLarge", text);
      this.#onError(new YTaskError(ErrorCode.TooLarge, `${text}: it is a dead letter now`));
      return;
    }
    await this.#settler.giveBack(tokens);
    throw new YTaskError(
      ErrorCode.Connection,
      `${what}: the line to Redis is too slow for it. Raise commandTimeoutMs; it went back for others to run, with what was held behind it`,
    );
  }

  #recovered(count: number): void {
    this.#parts.logger.warn(
      `${count} unsettled messages of a server that is gone were returned to their queue`,
      {
        queue: this.#parts.keys.queue,
      },
    );
    this.#waker.nudge();
  }
}
