import type {
  Broker,
  Counts,
  DeadLetters,
  Delivery,
  Letter,
  Outcome,
  Outgoing,
  Settlement,
  SubscribeOptions,
  Subscription,
} from "@ytask/core/driver";
import { silentLogger } from "@ytask/core/driver";
import { settles } from "../settles.js";
import { checkOutcomes } from "./check-outcomes.js";

/** A broker whose calls fail if they do not settle in time, so that none can hang a test. */
export class BoundedBroker implements Broker {
  readonly #broker: Broker;
  readonly #boundMs: number;

  constructor(broker: Broker, boundMs: number) {
    this.#broker = broker;
    this.#boundMs = boundMs;
  }

  get capabilities() {
    return this.#broker.capabilities;
  }

  connect(): Promise<void> {
    return this.#bound("connect", this.#broker.connect({ logger: silentLogger }));
  }

  send(messages: readonly Outgoing[]): Promise<void> {
    return this.#bound("send", this.#broker.send(messages));
  }

  async subscribe(queue: string, options: SubscribeOptions): Promise<Subscription> {
    const subscription = await this.#bound("subscribe", this.#broker.subscribe(queue, options));
    return new BoundedSubscription(subscription, this.#boundMs);
  }

  deadLetters(queue: string): DeadLetters {
    return new BoundedDeadLetters(this.#broker.deadLetters(queue), this.#boundMs);
  }

  counts(queue: string): Promise<Counts> {
    return this.#bound("counts", this.#broker.counts(queue));
  }

  close(): Promise<void> {
    return this.#bound("close", this.#broker.close());
  }

  #bound<T>(call: string, promise: Promise<T>): Promise<T> {
    return settles(`broker.${call}`, promise, this.#boundMs);
  }
}

class BoundedSubscription implements Subscription {
  readonly #subscription: Subscription;
  readonly #boundMs: number;

  constructor(subscription: Subscription, boundMs: number) {
    this.#subscription = subscription;
    this.#boundMs = boundMs;
  }

  receive(limit: number, waitMs: number): Promise<readonly Delivery[]> {
    const call = `subscription.receive(${limit}, ${waitMs})`;
    return settles(call, this.#subscription.receive(limit, waitMs), waitMs + this.#boundMs);
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly Outcome[]> {
    const settling = this.#subscription.settle(settlements);
    const outcomes = await settles("subscription.settle", settling, this.#boundMs);
    checkOutcomes(settlements, outcomes);
    return outcomes;
  }

  sendAhead(count: number): void {
    this.#subscription.sendAhead?.(count);
  }

  close(): Promise<void> {
    return settles("subscription.close", this.#subscription.close(), this.#boundMs);
  }
}

class BoundedDeadLetters implements DeadLetters {
  /** Only if the driver has it. */
  readonly find?: (ids: readonly string[]) => Promise<readonly Letter[]>;
  readonly #letters: DeadLetters;
  readonly #boundMs: number;

  constructor(letters: DeadLetters, boundMs: number) {
    this.#letters = letters;
    this.#boundMs = boundMs;
    const find = letters.find?.bind(letters);
    if (find !== undefined) this.find = (ids) => settles("deadLetters.find", find(ids), boundMs);
  }

  list(options?: { readonly limit?: number | undefined }): Promise<readonly Letter[]> {
    return settles("deadLetters.list", this.#letters.list(options), this.#boundMs);
  }

  redrive(ids?: readonly string[], rewrite?: (letter: Letter) => string): Promise<number> {
    return settles("deadLetters.redrive", this.#letters.redrive(ids, rewrite), this.#boundMs);
  }

  purge(): Promise<number> {
    return settles("deadLetters.purge", this.#letters.purge(), this.#boundMs);
  }
}
