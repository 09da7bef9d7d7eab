import type { Channel, ConsumeMessage } from "amqplib";

/** Called with each delivery; with null if the queue was deleted. */
type OnMessage = (message: ConsumeMessage | null) => void;

/** A channel, and the consumer on it while the server has one. */
interface Attached {
  readonly channel: Channel;
  readonly onMessage: OnMessage;
  consumer?: { readonly count: number; readonly tag: string } | undefined;
}

/**
 * The only AMQP consumer of a queue. AMQP cannot change how many deliveries a consumer is sent ahead, so a change
 * replaces the consumer; what the old one was sent stays on the channel. Two consumers at a time would mix up the
 * order.
 */
export class AmqpConsumer {
  readonly #queue: string;
  #wanted: number;
  #attached: Attached | undefined;
  #isChanging = false;
  #isEnded = false;

  /** @param count how many unsettled deliveries the server may send: the consumer's prefetch count */
  constructor(queue: string, count: number) {
    this.#queue = queue;
    this.#wanted = count;
  }

  /** How many unsettled deliveries the server may send. */
  get count(): number {
    return this.#wanted;
  }

  /** The consumer's tag at the server; undefined while there is none, as while it is being replaced. */
  get tag(): string | undefined {
    return this.#attached?.consumer?.tag;
  }

  /** From now on the server may send this many, besides what it has already sent. */
  change(count: number): void {
    this.#wanted = count;
    void this.#adapt();
  }

  /** Resolves once everything that the server delivered before has arrived. Rejects if the channel closes first. */
  async caughtUp(): Promise<void> {
    // A channel works in order, so the answer comes last. Each consumer sets its own count again when it begins.
    await this.#attached?.channel.prefetch(this.#wanted);
  }

  /** Consumes on a new channel. Rejects if the server refuses that. */
  async begin(channel: Channel, onMessage: OnMessage): Promise<void> {
    const attached: Attached = { channel, onMessage };
    this.#attached = attached;
    await this.#consume(attached);
    void this.#adapt();
  }

  /** Resolves once nothing more is delivered. Rejects if the channel closes first. */
  async end(): Promise<void> {
    this.#isEnded = true;
    // If the consumer is being replaced, the replacement ends it, and begins no new one.
    const { channel, consumer } = this.#attached ?? {};
    if (consumer !== undefined) await channel?.cancel(consumer.tag);
  }

  /**
   * Stops deliveries on this channel for good, if `isMeant` still holds when no more can arrive; otherwise they go on.
   * Resolves to whether they were stopped. Rejects if the channel closes first.
   */
  async endIf(isMeant: () => boolean): Promise<boolean> {
    const attached = this.#attached;
    const consumer = attached?.consumer;
    if (attached === undefined || consumer === undefined || this.#isChanging || this.#isEnded) return false;
    this.#isChanging = true;
    try {
      attached.consumer = undefined;
      await attached.channel.cancel(consumer.tag);
      if (isMeant()) return true;
      if (!this.#isEnded) await this.#consume(attached);
      return false;
    } finally {
      this.#isChanging = false;
      void this.#adapt();
    }
  }

  /** Never rejects: if this fails, the channel has closed, and the next one begins as it should. */
  async #adapt(): Promise<void> {
    if (this.#isChanging) return;
    this.#isChanging = true;
    for (;;) {
      const attached = this.#attached;
      const consumer = attached?.consumer;
      if (consumer === undefined || consumer.count === this.#wanted || this.#isEnded) break;
      try {
        await this.#replace(attached as Attached, consumer.tag);
      } catch {
        break;
      }
    }
    this.#isChanging = false;
  }

  async #replace(attached: Attached, tag: string): Promise<void> {
    attached.consumer = undefined;
    await attached.channel.cancel(tag);
    if (!this.#isEnded) await this.#consume(attached);
  }

  async #consume(attached: Attached): Promise<void> {
    const count = this.#wanted;
    // Both at once, so that nobody sets another count for the channel's next consumer in between.
    const [, { consumerTag: tag }] = await Promise.all([
      attached.channel.prefetch(count),
      attached.channel.consume(this.#queue, attached.onMessage),
    ]);
    attached.consumer = { count, tag };
  }
}
