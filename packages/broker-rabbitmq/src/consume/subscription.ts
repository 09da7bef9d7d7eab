import {
  bounded,
  type Delivery,
  type Outcome,
  type Settlement,
  SettlesUnderWay,
  type Subscription,
} from "@ytask/core/driver";
import { Consumer, type ConsumerOptions } from "./consumer.js";
import { Settler } from "./settler.js";

export interface SubscriptionOptions extends ConsumerOptions {
  /** The queue's name as core knows it. */
  readonly name: string;
  /** How long the server may take to answer, in milliseconds. */
  readonly commandTimeoutMs: number;
  /** Called when the subscription has closed. */
  onClose(subscription: RabbitMqSubscription): void;
}

/** Under load RabbitMQ delivers a few messages at a time, and each few would cost separate calls to the backend. */
const gathering = {
  /** How many deliveries must be out for it to be worth waiting for more. */
  busyFrom: 20,
  /** How many to wait for. */
  count: 100,
  /** For how long to wait, in milliseconds. */
  forMs: 3,
} as const;

/** A server's hold on one queue: what `Broker.subscribe` resolves to. */
export class RabbitMqSubscription implements Subscription {
  readonly #consumer: Consumer;
  readonly #settler: Settler;
  readonly #commandTimeoutMs: number;
  readonly #onClose: () => void;
  readonly #settles = new SettlesUnderWay();
  #closed = false;
  #closing: Promise<void> | undefined;

  constructor(options: SubscriptionOptions) {
    this.#commandTimeoutMs = options.commandTimeoutMs;
    this.#onClose = () => options.onClose(this);
    this.#consumer = new Consumer(options);
    this.#settler = new Settler({
      name: options.name,
      queue: options.queue,
      queueType: options.queueType,
      link: options.link,
      sender: options.sender,
      inbox: this.#consumer.inbox,
      maxUnsettled: options.maxUnsettled,
      commandTimeoutMs: options.commandTimeoutMs,
      onError: (error) => options.onError(error),
    });
  }

  /** Resolves once the server delivers. If it does not within its time to answer, rejects with the reason and closes. */
  async ready(): Promise<void> {
    try {
      await this.#consumer.ready(this.#commandTimeoutMs);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async receive(limit: number, waitMs: number): Promise<readonly Delivery[]> {
    const { inbox } = this.#consumer;
    this.#consumer.giveBackNow();
    if (inbox.readyCount === 0 && !this.#closed) await inbox.waitFor(1, waitMs);
    const worth = Math.min(limit, gathering.count);
    if (inbox.outCount >= gathering.busyFrom && inbox.readyCount < worth && !this.#closed)
      await inbox.waitFor(worth, Math.min(waitMs, gathering.forMs));
    if (this.#closed) return [];
    const taken = inbox.take(limit);
    if (taken.length === 0 && this.#consumer.error !== undefined) throw this.#consumer.error;
    return taken.map((held) => held.delivery);
  }

  settle(settlements: readonly Settlement[]): Promise<readonly Outcome[]> {
    return this.#settles.settle(
      settlements,
      ({ id }) => this.#consumer.inbox.out(id) !== undefined,
      (held) => this.#settler.settle(held),
    );
  }

  sendAhead(count: number): void {
    this.#consumer.sendAhead(count);
  }

  /**
   * A second call, for instance by a broker that closes too, gets the promise of the first: what goes back does so only
   * once.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed = true;
    this.#consumer.inbox.wake();
    await bounded(this.#settles.ended(), this.#commandTimeoutMs, () => undefined);
    await this.#consumer.close(this.#commandTimeoutMs, this.#settler.hasAckedManyLately);
    this.#onClose();
  }
}
