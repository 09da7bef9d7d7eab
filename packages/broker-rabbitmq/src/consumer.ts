import { setTimeout as sleep } from "node:timers/promises";
import { bounded, type SubscribeOptions } from "@ytask/core/driver";
import type { Channel, ConsumeMessage } from "amqplib";
import { ChannelKeeper } from "./channel-keeper.js";
import { copyOf, type Held, mustBeSentAgain, redeliveriesOf } from "./deliveries.js";
import { HoldingQueue } from "./holding-queue.js";
import { Inbox } from "./inbox.js";
import type { Link } from "./link.js";
import type { QueueSpec } from "./names.js";
import type { QueueType } from "./options.js";
import { declareDue } from "./queues.js";
import { Renewal } from "./renewal.js";
import type { Sender } from "./sender.js";
import { letGo } from "./settler.js";

export interface ConsumerOptions extends SubscribeOptions {
  readonly queue: QueueSpec;
  readonly queueType: QueueType;
  readonly link: Link;
  readonly sender: Sender;
  /** The server's consumer timeout, in milliseconds. */
  readonly consumerTimeoutMs: number;
}

/** How long to wait before a copy that was not stored is sent again, in milliseconds. */
const pauseMs = 1_000;

/** Takes messages from one queue, on a channel of its own, and goes on after whatever ends that channel. */
export class Consumer {
  readonly inbox = new Inbox();
  readonly #options: ConsumerOptions;
  readonly #keeper: ChannelKeeper<Channel>;
  readonly #renewal: Renewal;
  #holdingQueue: HoldingQueue | undefined;
  /** The channel on which messages come; undefined once it has closed. */
  #channel: Channel | undefined;
  #generation = 0;
  #closed = false;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#keeper = new ChannelKeeper({
      open: () => options.link.client.createChannel(),
      setUp: (channel) => this.#setUp(channel),
      onError: (error) => options.onError(error),
      doing: `Could not take messages from ${options.queue.name}`,
    });
    this.#renewal = new Renewal({
      queue: options.queue,
      inbox: this.inbox,
      sender: options.sender,
      consumerTimeoutMs: options.consumerTimeoutMs,
      holdingQueue: () => this.#openHoldingQueue(),
      onError: (error) => options.onError(error),
    });
  }

  /** Why no messages come, while none can. */
  get error(): Error | undefined {
    return this.#keeper.current === undefined ? this.#keeper.lastError : undefined;
  }

  /** Resolves once messages can come. */
  async ready(boundMs: number): Promise<void> {
    await this.#keeper.ready(boundMs);
  }

  /** Stops, and gives back all that is held: the server puts it where it was. */
  async close(boundMs: number): Promise<void> {
    this.#closed = true;
    this.#renewal.stop();
    const left = this.inbox.allOut().filter(mustBeSentAgain);
    const isSent = await bounded(this.#sendAgain(left), boundMs, () => false);
    await this.#holdingQueue?.close(isSent, boundMs);
    await this.#keeper.close(boundMs);
  }

  #openHoldingQueue(): HoldingQueue {
    const { queue, link, sender } = this.#options;
    this.#holdingQueue ??= new HoldingQueue({
      queue,
      link,
      sender,
      onLost: (channel) => this.#lose(channel),
      onError: (error) => this.#options.onError(error),
    });
    return this.#holdingQueue;
  }

  /** Puts orphaned messages back into their queue. Resolves to whether the server has them. */
  async #sendAgain(orphans: readonly Held[]): Promise<boolean> {
    const copies = orphans.map((held) =>
      copyOf(held.message, this.#options.queue, held.delivery.redeliveries),
    );
    const outcomes = await this.#options.sender.send(copies);
    const failed = outcomes.find((outcome) => outcome.kind !== "stored");
    if (failed !== undefined) this.#options.onError(failed.error);
    return failed === undefined;
  }

  async #setUp(channel: Channel): Promise<void> {
    this.#channel = channel;
    channel.once("close", () => this.#lose(channel));
    await channel.prefetch(this.#options.maxUnsettled);
    await this.#consume(channel, ++this.#generation);
  }

  async #consume(channel: Channel, generation: number): Promise<void> {
    const { queue } = this.#options;
    await declareDue(channel, queue);
    await channel.consume(queue.name, (message) => {
      if (message === null) void this.#queueDeleted(channel, generation);
      else this.#arrive(channel, generation, message);
    });
  }

  #arrive(channel: Channel, generation: number, message: ConsumeMessage): void {
    const id = `${generation}:${message.fields.deliveryTag}`;
    const delivery = { id, body: message.content.toString(), redeliveries: redeliveriesOf(message) };
    const held = {
      delivery,
      channel,
      message,
      orphaned: false,
      moved: false,
      since: performance.now(),
    };
    if (this.#options.queueType === "classic" && message.fields.redelivered) void this.#recount(held);
    else this.inbox.add(held);
  }

  /**
   * A classic queue does not count, it only flags what was delivered before. So the message is sent again with our own
   * count, next in line, and then removed: a message that ends its server each time must not come back uncounted.
   */
  async #recount(held: Held): Promise<void> {
    const copy = copyOf(held.message, this.#options.queue, held.delivery.redeliveries + 1);
    while (!this.#closed && this.#channel === held.channel) {
      const [outcome] = await this.#options.sender.send([copy]);
      if (outcome?.kind === "stored") {
        letGo(held, false);
        return;
      }
      if (outcome !== undefined) this.#options.onError(outcome.error);
      await sleep(pauseMs, undefined, { ref: false });
    }
  }

  /** The queue was deleted under us: declares it again, and sends again what nobody has begun with. */
  async #queueDeleted(channel: Channel, generation: number): Promise<void> {
    for (const held of this.inbox.allOut()) if (held.channel === channel) held.orphaned = true;
    const ready = this.inbox.takeReady();
    try {
      await this.#consume(channel, generation);
    } catch {
      // The channel closed over it; the keeper opens another, reports why, and consumes there.
    }
    await this.#rescue(ready);
  }

  async #rescue(orphans: readonly Held[]): Promise<void> {
    while (orphans.length > 0 && !(await this.#sendAgain(orphans)) && !this.#closed)
      await sleep(pauseMs, undefined, { ref: false });
  }

  /** The channel is gone: the server hands its messages out again, here or elsewhere. */
  #lose(channel: Channel): void {
    if (this.#channel === channel) this.#channel = undefined;
    this.inbox.takeReady((held) => held.channel === channel);
    const lost = this.inbox.allOut().filter((held) => held.channel === channel);
    for (const held of lost) this.inbox.settled(held);
    void this.#rescue(lost.filter((held) => held.orphaned));
    if (lost.length > 0) this.#options.onLost(lost.map((held) => held.delivery));
  }
}
