import { bounded, type SubscribeOptions } from "@ytask/core/driver";
import type { Channel, ConsumeMessage } from "amqplib";
import { ChannelKeeper } from "../connection/channel-keeper.js";
import type { Link } from "../connection/link.js";
import { NOT_FOUND, replyCode } from "../errors.js";
import { mostPrefetched, type QueueType } from "../options.js";
import type { QueueSpec } from "../queues/names.js";
import { declare, type Queues } from "../queues/queues.js";
import type { Sender } from "../send/sender.js";
import { AmqpConsumer } from "./amqp-consumer.js";
import { ConsumerWatch } from "./consumer-watch.js";
import { CopiesInDoubt } from "./copies-in-doubt.js";
import { Held, mustBeSentAgain, redeliveriesOf } from "./deliveries.js";
import { DeliveryChannel } from "./delivery-channel.js";
import { HoldingQueues } from "./holding-queues.js";
import { Inbox } from "./inbox.js";
import { Recounts } from "./recounts.js";
import { Renewal } from "./renewal.js";
import { Resender } from "./resender.js";

export interface ConsumerOptions extends SubscribeOptions {
  readonly queue: QueueSpec;
  readonly queueType: QueueType;
  readonly link: Link;
  readonly sender: Sender;
  readonly queues: Queues;
  /** The server's consumer timeout, in milliseconds. */
  readonly consumerTimeoutMs: number;
}

/** Takes messages from one queue, on a channel of its own, and continues whatever ends that channel. */
export class Consumer {
  readonly inbox = new Inbox();
  readonly #options: ConsumerOptions;
  readonly #keeper: ChannelKeeper<Channel>;
  readonly #resender: Resender;
  readonly #recounts: Recounts;
  readonly #copies = new CopiesInDoubt();
  readonly #holdingQueues: HoldingQueues;
  readonly #renewal: Renewal;
  readonly #watch: ConsumerWatch;
  readonly #amqpConsumer: AmqpConsumer;
  /** The channel on which messages arrive; undefined once it has closed. */
  #channel: DeliveryChannel | undefined;
  #generation = 0;
  #arrived = 0;
  #isClosed = false;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    const onError = (error: Error) => options.onError(error);
    this.#keeper = new ChannelKeeper({
      open: () => options.link.client.createChannel(),
      setUp: (channel) => this.#setUp(channel),
      onDown: (error) => {
        if (this.#lostWith(this.#channel).length > 0) options.onError(error);
      },
      onError,
      cause: () => options.link.lastError,
      doing: `Could not take messages from ${options.queue.name}`,
    });
    const { queue, link, sender, consumerTimeoutMs } = options;
    this.#resender = new Resender({ queue, sender, copies: this.#copies, onError });
    this.#recounts = new Recounts({
      sender,
      resender: this.#resender,
      isHeld: ({ channel }) => this.#channel === channel,
      handOver: (held) => this.inbox.add(held),
      onError,
    });
    this.#holdingQueues = new HoldingQueues({
      queue,
      link,
      sender,
      copies: this.#copies,
      onLost: (channel) => this.#lose(channel),
      onDeleted: (channel) => void channel.queueDeleted(),
      onError,
    });
    this.#renewal = new Renewal({
      resender: this.#resender,
      inbox: this.inbox,
      consumerTimeoutMs,
      holdingQueues: this.#holdingQueues,
      onError,
    });
    this.#amqpConsumer = new AmqpConsumer(queue.name, options.maxUnsettled);
    this.#watch = new ConsumerWatch({
      look: () => options.queues.look(queue.name),
      caughtUp: () => this.#amqpConsumer.caughtUp(),
      isOpen: () => this.#hasRoom(),
      tag: () => this.#amqpConsumer.tag,
      arrived: () => this.#arrived,
      mayBeDeaf: options.queueType === "quorum",
      holdsNothing: () => this.#channel?.heldCount === 0,
      onDetached: () => this.#detached(),
      onIdle: () => void this.#renew(),
    });
  }

  /** Why no messages arrive, while none can. */
  get error(): Error | undefined {
    return this.#keeper.current === undefined ? this.#keeper.lastError : undefined;
  }

  /** Resolves once messages can arrive. */
  async ready(boundMs: number): Promise<void> {
    await this.#keeper.ready(boundMs);
  }

  /** Call it when more is asked for: that may be what was given back. */
  giveBackNow(): void {
    this.#channel?.giveBackNow();
  }

  /** Lets the server send this many more deliveries than `maxUnsettled`. */
  sendAhead(count: number): void {
    this.#amqpConsumer.change(Math.min(this.#options.maxUnsettled + count, mostPrefetched));
  }

  /**
   * Stops, and gives back everything that is held: the server puts it where it was.
   *
   * @param boundMs how long each step may take
   * @param flush whether to wait until acks that may still be on their way have arrived; costs a quorum queue its order
   */
  async close(boundMs: number, flush: boolean): Promise<void> {
    this.#isClosed = true;
    this.#renewal.stop();
    this.#watch.stop();
    const isCancelled = flush || this.#options.queueType === "classic";
    await bounded(this.#stop(isCancelled), boundMs, () => undefined);
    const left = [...this.inbox.allOut().filter(mustBeSentAgain), ...this.#resender.unrescued];
    const notSent = new Set(await bounded<readonly Held[]>(this.#resender.resend(left), boundMs, () => left));
    // If the holding queue stays, what was sent again from it must not also come back from it.
    for (const held of left)
      if (held.moved && !held.orphaned && !notSent.has(held)) held.channel.remove([held.message]);
    await this.#holdingQueues.close(notSent.size === 0, boundMs);
    await this.#keeper.close(boundMs);
  }

  /** Ends deliveries, recounts, and everything under way. Cancelling makes the server finish what it has stashed. */
  async #stop(isCancelled: boolean): Promise<void> {
    const channel = this.#channel?.channel;
    const rescued = this.#resender.close();
    try {
      if (isCancelled) await this.#amqpConsumer.end();
    } catch {
      // The channel closed meanwhile, which gives everything back too.
    }
    await Promise.all([rescued, this.#recounts.close()]);
    // The server's answer to this comes after everything that was written before.
    if (isCancelled) await channel?.prefetch(this.#options.maxUnsettled).catch(() => undefined);
  }

  async #setUp(channel: Channel): Promise<void> {
    const deliveries = new DeliveryChannel(channel);
    this.#channel = deliveries;
    channel.on("error", (error: unknown) => {
      // While the consumer is replaced, nobody is told that the queue was deleted but whoever consumes again. The code
      // is also that of a queue whose node is down, which has all of it still.
      if (replyCode(error) === NOT_FOUND && /no queue/.test(String(error))) this.#rescue(deliveries);
    });
    channel.once("close", () => this.#lose(deliveries));
    const generation = ++this.#generation;
    await declare(channel, this.#options.queue);
    const onMessage = (message: ConsumeMessage | null) => {
      if (message === null) this.#queueDeleted(deliveries);
      else this.#arrive(deliveries, generation, message);
    };
    await this.#amqpConsumer.begin(channel, onMessage);
  }

  #arrive(channel: DeliveryChannel, generation: number, message: ConsumeMessage): void {
    channel.arrived(message);
    this.#arrived++;
    const known = this.#copies.known(message);
    if (known === undefined) this.#take(channel, generation, message);
    // Until a copy is confirmed, the server may lose it: the original is held until then.
    else void known.then(() => this.#take(channel, generation, message));
  }

  #take(channel: DeliveryChannel, generation: number, message: ConsumeMessage): void {
    if (this.#copies.isGivenUp(message)) return void this.#removeCopy(channel, message);
    const isFlagged = this.#options.queueType === "classic" && message.fields.redelivered;
    const redeliveries = redeliveriesOf(message) + (isFlagged ? 1 : 0);
    const held = new Held(`${generation}:${message.fields.deliveryTag}`, channel, message, redeliveries);
    if (channel.isQueueDeleted) void this.#resender.rescue([held]);
    // Otherwise the server delivers it again, here or elsewhere.
    else if (this.#isClosed || this.#channel !== channel) return;
    else if (isFlagged) this.#recounts.add(held);
    else this.inbox.add(held);
  }

  /** Removes a copy that was given up, unless it may be all that is left. */
  async #removeCopy(channel: DeliveryChannel, message: ConsumeMessage): Promise<void> {
    if (await this.#resender.allRescued()) channel.remove([message]);
  }

  /**
   * The queue was deleted. What runs goes on, and is settled without the server; what has not begun is sent again, on
   * another channel: RabbitMQ would take an ack for the deleted queue as one for the queue that now has its name, and
   * might remove another message there.
   */
  #queueDeleted(channel: DeliveryChannel): void {
    this.#rescue(channel);
    channel.channel.close().catch(() => undefined);
  }

  /** Sends again what has not begun and was held on a channel whose queue was deleted. */
  #rescue(channel: DeliveryChannel): void {
    const leaving = channel.queueDeleted();
    const ready = this.inbox.takeReady((held) => held.channel === channel);
    void this.#resender.rescue([...leaving, ...ready, ...this.#recounts.takeWaiting(channel)]);
  }

  /**
   * Whether the server would deliver more. Messages that are recounted or sent back take up room too, until they are
   * removed.
   */
  #hasRoom(): boolean {
    const isOpen = this.#keeper.current !== undefined;
    return isOpen && this.#channel !== undefined && this.#channel.heldCount < this.#amqpConsumer.count;
  }

  #detached(): void {
    const channel = this.#channel;
    if (this.#keeper.current === undefined || channel === undefined) return;
    const { name } = this.#options.queue;
    this.#options.onError(
      new Error(`${name} was deleted without a word from RabbitMQ; consuming from it again`),
    );
    this.#queueDeleted(channel);
  }

  /** Replaces a channel on which nothing arrives and nothing is held. */
  async #renew(): Promise<void> {
    const channel = this.#channel;
    const holdsNothing = () => channel?.heldCount === 0 && this.#channel === channel && !this.#isClosed;
    try {
      if (holdsNothing() && (await this.#amqpConsumer.endIf(holdsNothing))) await this.#keeper.renew();
    } catch {
      // The channel closed meanwhile, and the next one begins as it should.
    }
  }

  /** The channel is gone: the server delivers its messages again, here or elsewhere. */
  #lose(channel: DeliveryChannel): void {
    if (this.#channel === channel) this.#channel = undefined;
    this.inbox.takeReady((held) => held.channel === channel);
    const lost = this.#lostWith(channel);
    for (const held of lost) this.inbox.settled(held);
    if (lost.length > 0 && !this.#isClosed) this.#options.onLost(lost.map((held) => held.delivery));
  }

  /** What runs, and will be delivered again, when this channel closes. */
  #lostWith(channel: DeliveryChannel | undefined): readonly Held[] {
    return this.inbox.allOut().filter((held) => held.channel === channel && !held.orphaned);
  }
}
