/** How a queue looks from outside. */
export interface QueueLook {
  readonly messageCount: number;
  readonly consumerCount: number;
}

export interface AttachmentOptions {
  /** Looks at the queue; undefined where there is none. Rejects where the server does not answer. */
  look(): Promise<QueueLook | undefined>;
  /** Whether a message that waits would have to be delivered: there is a channel, and room. */
  isOpen(): boolean;
  /** How many messages were delivered so far. */
  arrived(): number;
  /** Called when the consumer is gone without a word. */
  onDetached(): void;
}

/** How often the queue is looked at, in milliseconds. */
const intervalMs = 1_000;
/** How many looks in a row have to show no consumer, or waiting messages and none delivered. */
const patience = 3;

/**
 * Watches that a consumer is still one. RabbitMQ tells a consumer of the end of its queue, but not where a quorum queue
 * is declared again in the same moment: the channel is open then, and takes nothing for ever.
 */
export class Attachment {
  readonly #options: AttachmentOptions;
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;
  #seen = 0;
  #arrived = 0;

  constructor(options: AttachmentOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { look, isOpen, arrived, onDetached } = this.#options;
    if (this.#isLooking || !isOpen()) return;
    this.#isLooking = true;
    const before = arrived();
    const seen = await look().catch(() => "no answer" as const);
    this.#isLooking = false;
    if (seen === "no answer" || !isOpen()) return;
    const isGone = seen === undefined || seen.consumerCount === 0;
    const isStill = seen !== undefined && seen.messageCount > 0 && before === this.#arrived;
    this.#arrived = arrived();
    this.#seen = isGone || isStill ? this.#seen + 1 : 0;
    if (this.#seen < patience) return;
    this.#seen = 0;
    onDetached();
  }
}
