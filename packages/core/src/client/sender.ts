import type { Broker, Outgoing } from "../broker.js";
import { runByKey } from "../collections/by-key.js";
import { KeyedBatcher } from "../collections/keyed-batcher.js";
import type { DriverHold } from "../driver-hold.js";
import { ErrorCode, messageOf, SendFailed, YTaskError } from "../errors.js";
import type { Logger } from "../log/logger.js";
import { bounded } from "../time/bounded.js";
import type { Clock } from "../time/clock.js";
import type { Composed } from "./compose.js";

/**
 * How many messages of one call make a batch: while the broker stores it, the next is written. With 500 messages a
 * call, 10 to 25 per cent more go through in batches of 170 than in one; in smaller batches their own cost shows.
 */
const largestOfMany = 170;
/**
 * How many single sends make a batch before their turn ends, unless the broker names another number. Of a hundred sends
 * in flight, half are written while the broker stores the other half. In one batch, broker and client would wait for
 * one another (docs/architecture.md).
 */
const largestOfSingles = 50;
/**
 * How many batches of one call are on their way at a time: no more messages than a broker lets wait while it
 * reconnects, which is 10,000 with Redis.
 */
const mostBatches = Math.floor(10_000 / largestOfMany);

/** What became of a message: undefined if it was confirmed, or else why it was not. */
type Sent = YTaskError | undefined;

/** A task on its way to the broker. */
export class Parcel {
  constructor(
    readonly composed: Composed,
    readonly outgoing: Outgoing,
  ) {}
}

const queueOf = ({ outgoing }: Parcel): string => outgoing.queue;
const boundOf = ({ composed }: Parcel): number => composed.schedule.sendTimeoutMs;

/**
 * Sends messages in batches, one or more each turn of the event loop. If queues are on several servers, each batch has
 * one queue, so that a hung server does not hold up the others. Every send ends within its bound.
 */
export class Sender {
  readonly #broker: Broker;
  readonly #hold: DriverHold;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** The messages of a batch have the same bound, and the same queue if queues are on several servers. */
  readonly #batcher: KeyedBatcher<Parcel, Sent>;
  readonly #isSharded: boolean;
  readonly #onStored: (stored: readonly Composed[]) => void;
  readonly #pending = new Set<Promise<unknown>>();

  /** @param onStored called with the tasks of a batch that the broker has stored, before their senders know */
  constructor(
    broker: Broker,
    hold: DriverHold,
    clock: Clock,
    logger: Logger,
    onStored: (stored: readonly Composed[]) => void,
  ) {
    this.#onStored = onStored;
    this.#broker = broker;
    this.#hold = hold;
    this.#clock = clock;
    this.#logger = logger;
    const { sharded = false, sendBatchSize = largestOfSingles } = broker.capabilities;
    this.#isSharded = sharded;
    this.#batcher = new KeyedBatcher(
      sharded ? (parcel) => `${boundOf(parcel)} ${queueOf(parcel)}` : boundOf,
      (parcels) => this.#sendWithin(parcels, Math.max(...parcels.map(boundOf))),
      sendBatchSize,
    );
  }

  /**
   * Sends one message. Resolves once the broker has stored it.
   * @throws YTaskError `SendMessage` if that was not confirmed; the message may be stored all the same
   */
  async send(parcel: Parcel): Promise<void> {
    const error = await this.#batcher.add(parcel);
    if (error !== undefined) throw error;
  }

  /**
   * Sends many messages, each written right before its batch is sent. Resolves to an outcome for each; never rejects.
   *
   * @param write does not throw
   */
  sendAll(
    all: readonly Composed[],
    write: (composed: Composed) => Parcel,
    boundMs: number,
  ): Promise<readonly Sent[]> {
    // Under way as a whole: between two of its batches, nothing may be on its way.
    return this.#underWay(this.#sendAll(all, write, boundMs));
  }

  async #sendAll(
    all: readonly Composed[],
    write: (composed: Composed) => Parcel,
    boundMs: number,
  ): Promise<readonly Sent[]> {
    const outcomes: (readonly Sent[])[] = [];
    let confirmedAt = this.#clock.elapsed();
    let from = 0;
    const sendInTurn = async (): Promise<void> => {
      while (from < all.length) {
        const batch = all.slice(from, from + largestOfMany);
        const index = from / largestOfMany;
        from += largestOfMany;
        const isTried = index < mostBatches || this.#clock.elapsed() - confirmedAt < boundMs;
        const sent = isTried
          ? await this.#sendEach(batch.map(write), boundMs)
          : batch.map(() => notTried(boundMs));
        if (sent.includes(undefined)) confirmedAt = this.#clock.elapsed();
        outcomes[index] = sent;
      }
    };
    await Promise.all(Array.from({ length: mostBatches }, sendInTurn));
    return outcomes.flat();
  }

  /** Resolves once no send is under way, including sends that wait for the end of this turn to become a batch. */
  async idle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  #sendEach(parcels: readonly Parcel[], boundMs: number): Promise<readonly Sent[]> {
    const send = (some: readonly Parcel[]) => this.#sendWithin(some, boundMs);
    return this.#isSharded ? runByKey(parcels, queueOf, send) : send(parcels);
  }

  #sendWithin(parcels: readonly Parcel[], boundMs: number): Promise<readonly Sent[]> {
    const giveUp = () => parcels.map(() => notConfirmed(boundMs));
    return this.#underWay(bounded(this.#send(parcels), boundMs, giveUp, this.#clock));
  }

  /** Makes `idle` wait until the promise settles. */
  async #underWay<T>(sending: Promise<T>): Promise<T> {
    this.#pending.add(sending);
    try {
      return await sending;
    } finally {
      this.#pending.delete(sending);
    }
  }

  async #send(parcels: readonly Parcel[]): Promise<readonly Sent[]> {
    const outcomes = await this.#outcomesOf(parcels);
    const stored = parcels.filter((_, index) => outcomes[index] === undefined);
    this.#onStored(stored.map(({ composed }) => composed));
    return outcomes;
  }

  async #outcomesOf(parcels: readonly Parcel[]): Promise<readonly Sent[]> {
    try {
      if (!this.#hold.isConnected) await this.#hold.connect({ logger: this.#logger });
    } catch (error) {
      const failed = notSent("the broker cannot be used", error);
      return parcels.map(() => failed);
    }
    try {
      await this.#broker.send(parcels.map(({ outgoing }) => outgoing));
      return parcels.map(() => undefined);
    } catch (error) {
      return outcomesOf(error, parcels.length);
    }
  }
}

/** The outcome of each message of the batch, according to an error of the broker's `send`. */
function outcomesOf(error: unknown, count: number): readonly Sent[] {
  const all = [...Array(count).keys()];
  const failed = (what: string) => notSent(what, error);
  if (!SendFailed.isInstance(error)) return all.map(() => failed(maybeStored));
  const notStored = new Set(error.notStored);
  const unknown = new Set(error.unknown);
  return all.map((index) => {
    if (notStored.has(index)) return failed("the broker did not take it");
    return unknown.has(index) ? failed(maybeStored) : undefined;
  });
}

const notSent = (what: string, cause: unknown): YTaskError =>
  new YTaskError(ErrorCode.SendMessage, `the task could not be sent: ${what}: ${messageOf(cause)}`, {
    cause,
  });

const maybeStored = "it was not confirmed, and may be stored";

const notTried = (boundMs: number): YTaskError =>
  new YTaskError(
    ErrorCode.SendMessage,
    `the task was not sent: the broker confirmed none of the tasks of this call for ${boundMs} ms; check that it is reachable`,
  );

const notConfirmed = (boundMs: number): YTaskError =>
  new YTaskError(
    ErrorCode.SendMessage,
    `the broker did not confirm the task within ${boundMs} ms; it may be stored all the same: check that the broker ` +
      "is reachable, or raise sendTimeoutMs",
  );
