import type {
  Broker,
  BrokerCapabilities,
  Counts,
  DeadLetters,
  Outgoing,
  SubscribeOptions,
  Subscription,
} from "../broker.js";
import { checkOptions, rules } from "../check-options.js";
import { SendFailed } from "../errors.js";
import { type Clock, systemClock, type Timer } from "../time/clock.js";
import { Link } from "./link.js";
import { MemoryDeadLetters } from "./memory-dead-letters.js";
import { MemoryStore } from "./memory-store.js";
import { MemorySubscription } from "./memory-subscription.js";

export interface MemoryBrokerOptions {
  /** Default the machine's clock. */
  readonly clock?: Clock | undefined;
  /** How long a broker that is cut off keeps what it holds, in milliseconds. Default 30,000. */
  readonly leaseMs?: number | undefined;
}

const allowed = { clock: rules.methods("now", "elapsed", "after"), leaseMs: rules.positiveMilliseconds };

/**
 * Queues in this process's memory. Servers and clients share them by sharing the broker, or by each having a `sibling`.
 * Their content is gone when the process ends, but survives `close` and `connect`.
 */
export class MemoryBroker implements Broker {
  readonly capabilities: BrokerCapabilities = {
    exactRedeliveryCount: true,
    front: true,
    atomicReplace: true,
    orderedRelease: true,
  };
  readonly leaseMs: number;
  #store: MemoryStore;
  readonly #link = new Link("in-memory broker");
  readonly #subscriptions = new Set<MemorySubscription>();
  #leaseTimer: Timer | undefined;

  /** @throws YTaskError `InvalidArgument` for an option that is unknown or not allowed */
  constructor(options: MemoryBrokerOptions = {}) {
    checkOptions(options, allowed, "new MemoryBroker: options");
    this.#store = new MemoryStore(options.clock ?? systemClock);
    this.leaseMs = options.leaseMs ?? 30_000;
  }

  /** Another broker on the same queues, connected and closed independently: like that of another process. */
  sibling(): MemoryBroker {
    const sibling = new MemoryBroker({ leaseMs: this.leaseMs });
    sibling.#store = this.#store;
    return sibling;
  }

  async connect(): Promise<void> {
    this.#link.open();
  }

  async send(messages: readonly Outgoing[]): Promise<void> {
    const cause = this.#link.failure();
    if (cause !== undefined) {
      if (!this.#link.isOpen) throw cause;
      throw new SendFailed(cause.message, { notStored: [...messages.keys()] }, { cause });
    }
    this.#store.add(messages);
  }

  async subscribe(queue: string, options: SubscribeOptions): Promise<Subscription> {
    this.#link.check();
    const subscription = new MemorySubscription(
      this.#store,
      this.#store.queue(queue),
      this.#link,
      options,
      (ended) => this.#subscriptions.delete(ended),
    );
    this.#subscriptions.add(subscription);
    return subscription;
  }

  deadLetters(queue: string): DeadLetters {
    return new MemoryDeadLetters(queue, this.#store.queue(queue), this.#link);
  }

  async counts(queue: string): Promise<Counts> {
    this.#link.check();
    return this.#store.queue(queue).counts();
  }

  async close(): Promise<void> {
    this.#link.close();
    for (const subscription of [...this.#subscriptions]) await subscription.close();
  }

  /**
   * For tests: cuts the broker off, like a broken network, or like a crash if nothing is called any more. Every call
   * fails with `Connection`, a settle is `unknown`; after `leaseMs`, what its subscriptions hold is delivered to
   * others.
   */
  disconnect(): void {
    if (this.#link.isCut) return;
    this.#link.cut();
    for (const subscription of this.#subscriptions) subscription.cut();
    this.#leaseTimer = this.#store.clock.after(this.leaseMs, () => {
      for (const subscription of [...this.#subscriptions]) subscription.expire();
    });
  }

  /** For tests: ends `disconnect`. Leases that ran out meanwhile are reported to `onLost`. */
  reconnect(): void {
    if (!this.#link.isCut) return;
    this.#leaseTimer?.cancel();
    this.#link.mend();
    for (const subscription of [...this.#subscriptions]) subscription.mend();
  }
}
