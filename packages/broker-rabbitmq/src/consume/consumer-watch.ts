/** How a queue looks from outside. */
export interface QueueLook {
  readonly messageCount: number;
  readonly consumerCount: number;
}

export interface ConsumerWatchOptions {
  /** Looks at the queue; undefined if there is none. Rejects if the server does not answer. */
  look(): Promise<QueueLook | undefined>;
  /** Resolves once everything that the server delivered before has arrived. Rejects if the channel closes first. */
  caughtUp(): Promise<void>;
  /** Whether a waiting message would have to be delivered: there is a channel, and room. */
  isOpen(): boolean;
  /** The consumer's tag, which each replacement changes; undefined while there is none. */
  tag(): string | undefined;
  /** How many messages were delivered so far. */
  arrived(): number;
  /**
   * Whether the server may put a new queue in place of this one and leave our consumer on the old queue: so for a
   * quorum queue.
   */
  readonly mayBeDeaf: boolean;
  /** Whether no message is held. */
  holdsNothing(): boolean;
  /** Called when the consumer is gone without notice, together with the queue and what it was given. */
  onDetached(): void;
  /** Called now and then, if the consumer may be deaf, holds nothing, and no message arrives or waits. */
  onIdle(): void;
}

/** How often to look at the queue, in milliseconds; less often if there are many queues and the server is far away. */
const intervalMs = 1_000;
/** How many looks in a row must show no consumer, or waiting messages of which none is delivered. */
const patience = 3;
/** How many looks in a row must show nothing at all before the consumer counts as possibly deaf. */
const idlePatience = 5;

/**
 * Checks that a consumer still gets what its queue has. RabbitMQ tells a consumer that its queue was deleted, but not
 * if a quorum queue is declared again in the same moment. The channel then stays open and delivers nothing, for ever.
 * What the consumer holds is gone, and its acks would remove messages of the new queue. A classic queue that delivers
 * nothing is never in that state.
 *
 * The new queue counts its first messages, as many as are prefetched, as delivered to the old consumer, so they do not
 * show as waiting. That looks like a queue without work. So a consumer without work is replaced every few seconds.
 */
export class ConsumerWatch {
  readonly #options: ConsumerWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;
  #seen = 0;
  #idle = 0;
  #arrived = 0;

  constructor(options: ConsumerWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { isOpen, tag, arrived, mayBeDeaf, holdsNothing, onDetached, onIdle } = this.#options;
    if (this.#isLooking) return;
    this.#isLooking = true;
    const before = tag();
    const seen =
      isOpen() && before !== undefined ? await this.#answer().catch(() => "no answer" as const) : "no answer";
    this.#isLooking = false;
    // While a consumer is replaced, the queue has none.
    const isSame = isOpen() && before !== undefined && tag() === before;
    if (!isSame) {
      this.#seen = 0;
      this.#idle = 0;
    }
    if (seen === "no answer" || !isSame) return;
    const isStill = mayBeDeaf && arrived() === this.#arrived;
    const waiting = seen?.messageCount ?? 0;
    const isGone = seen === undefined || seen.consumerCount === 0;
    this.#arrived = arrived();
    this.#seen = isGone || (isStill && waiting > 0) ? this.#seen + 1 : 0;
    this.#idle = !isGone && isStill && waiting === 0 && holdsNothing() ? this.#idle + 1 : 0;
    if (this.#seen >= patience) {
      this.#seen = 0;
      onDetached();
    }
    if (this.#idle >= idlePatience) {
      this.#idle = 0;
      onIdle();
    }
  }

  /** On a slow line, messages on their way here no longer wait in the queue, and take up room without having arrived. */
  async #answer(): Promise<QueueLook | undefined> {
    const seen = await this.#options.look();
    await this.#options.caughtUp();
    return seen;
  }
}
