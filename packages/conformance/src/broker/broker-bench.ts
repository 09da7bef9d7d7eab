import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Broker, Counts, SubscribeOptions } from "@ytask/core/driver";
import type { Bench } from "../define-tests.js";
import { type BoundDrivers, Drivers } from "../drivers.js";
import { eventually } from "../eventually.js";
import { randomFrom } from "../random.js";
import { type BrokerSetUp, defaultBoundMs } from "../set-up.js";
import { settles } from "../settles.js";
import { BoundedBroker } from "./bounded-broker.js";
import { Subscriber } from "./subscriber.js";

/** The part of a set-up that does not depend on the type of the broker. */
type BrokerTraits = Omit<BrokerSetUp, "create" | "connection"> & {
  readonly connection: object;
};

const countNames = ["waiting", "delayed", "running", "dead"] as const;

/** The bench on which a behaviour of a broker is shown. All its calls are bounded. */
export class BrokerBench implements Bench {
  /** A whole number from 0 to below `below`; the seed decides which. */
  readonly random: (below: number) => number;
  readonly #setUp: BrokerTraits;
  readonly #brokers: BoundDrivers<BoundedBroker>;
  readonly #queues: string[] = [];
  readonly #ended = new AbortController();
  readonly #boundMs: number;

  private constructor(setUp: BrokerTraits, brokers: BoundDrivers<BoundedBroker>) {
    this.#setUp = setUp;
    this.random = randomFrom(setUp.seed ?? 0);
    this.#brokers = brokers;
    this.#boundMs = setUp.boundMs ?? defaultBoundMs;
  }

  static for<Driver extends Broker>(setUp: BrokerSetUp<Driver>): BrokerBench {
    const boundMs = setUp.boundMs ?? defaultBoundMs;
    return new BrokerBench(
      setUp,
      new Drivers(setUp, boundMs, (broker) => new BoundedBroker(broker, boundMs)),
    );
  }

  /** A wait that a test cannot sit out. */
  get longWaitMs(): number {
    return 3 * this.#boundMs;
  }

  /** How long it takes at most until another broker gets what a cut-off one holds. */
  get takenBackWithinMs(): number {
    return this.#setUp.takenBackWithinMs;
  }

  get canCut(): boolean {
    return !("missing" in this.#setUp.connection);
  }

  /** A separate broker, not connected: like that of another process. */
  create(): Promise<BoundedBroker> {
    return this.#brokers.create();
  }

  async connect(): Promise<BoundedBroker> {
    const broker = await this.create();
    await broker.connect();
    return broker;
  }

  /** The name of a new queue. */
  queue(): string {
    return this.queueNamed(`YTask:Queue:conformance-${randomUUID()}`);
  }

  /** This name, noted so that it is tidied up. */
  queueNamed(queue: string): string {
    this.#queues.push(queue);
    return queue;
  }

  /** Subscribes. The subscriber waits for deliveries for as long as it takes to get them back from a crashed broker. */
  subscribe(broker: Broker, queue: string, options: Partial<SubscribeOptions> = {}): Promise<Subscriber> {
    const boundMs = this.#setUp.takenBackWithinMs + this.#boundMs;
    return Subscriber.to(broker, queue, boundMs, this.#ended.signal, options);
  }

  /** What most behaviours begin with: a connected broker, a queue, and a subscription to it. */
  async start(options: Partial<SubscribeOptions> = {}) {
    const broker = await this.connect();
    const queue = this.queue();
    return { broker, queue, subscriber: await this.subscribe(broker, queue, options) };
  }

  /** Like the death of the broker's process; `mend` turns it into a broken network. */
  cut(broker: BoundedBroker): Promise<void> {
    return this.#brokers.cut(broker);
  }

  stall(broker: BoundedBroker): Promise<void> {
    return this.#brokers.stall(broker);
  }

  mend(broker: BoundedBroker): Promise<void> {
    return this.#brokers.mend(broker);
  }

  /** Waits until something holds, for as long as an event may take. */
  eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    return eventually(what, this.#setUp.takenBackWithinMs + this.#boundMs, holds);
  }

  /** Settles as the promise does; fails if that takes longer than a call or an event may. */
  soon<T>(what: string, promise: Promise<T>): Promise<T> {
    return settles(what, promise, this.#boundMs);
  }

  /** Waits until the counts are these, as far as the broker can tell them. */
  async expectCounts(broker: Broker, queue: string, expected: Required<Counts>): Promise<void> {
    let told: Counts = expected;
    const isTold = (name: keyof Counts) => told[name] === undefined || told[name] === expected[name];
    try {
      await this.eventually("the counts", async () => {
        told = await broker.counts(queue);
        return countNames.every(isTold);
      });
    } catch {
      assert.deepEqual(told, expected, "the counts");
    }
  }

  async tidyUp(): Promise<void> {
    this.#ended.abort(new Error("The test has ended."));
    try {
      await this.#brokers.close();
    } finally {
      await this.#setUp.tidyUp?.(this.#queues);
    }
  }
}
