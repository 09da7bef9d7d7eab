import { Batcher } from "./batcher.js";
import { bounded } from "./bounded.js";
import type { Broker, Outgoing } from "./broker.js";
import type { Clock } from "./clock.js";
import type { Composed } from "./compose.js";
import type { DriverHold } from "./drivers.js";
import { ErrorCode, messageOf, SendFailed, YTaskError } from "./errors.js";
import type { Logger } from "./logger.js";

/** The most messages of one call to a broker. */
const largestBatch = 500;

/** What became of a message: nothing to say, or why it was not confirmed. */
type Sent = YTaskError | undefined;

/** A task on its way to the broker. */
export interface Parcel {
  readonly composed: Composed;
  readonly outgoing: Outgoing;
}

/** Sends messages in batches, one a turn of the event loop. Every send ends within its bound. */
export class Sender {
  readonly #broker: Broker;
  readonly #hold: DriverHold;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** One for each bound that this turn's sends have, so that a batch has one. */
  readonly #batchers = new Map<number, Batcher<Parcel, Sent>>();
  readonly #onStored: (stored: readonly Composed[]) => void;
  readonly #pending = new Set<Promise<unknown>>();

  /** @param onStored called with those of a batch that the broker has stored, before their senders know */
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
  }

  /**
   * Sends one message. Resolves once the broker has stored it.
   * @throws YTaskError `SendMessage` where that was not confirmed; it may have happened all the same
   */
  async send(parcel: Parcel, boundMs: number): Promise<void> {
    let batcher = this.#batchers.get(boundMs);
    if (batcher === undefined) {
      const send = (parcels: readonly Parcel[]) => {
        // Bounds are the user's, and each send may have another.
        this.#batchers.delete(boundMs);
        return this.#sendWithin(parcels, boundMs);
      };
      batcher = new Batcher(send, largestBatch);
      this.#batchers.set(boundMs, batcher);
    }
    const error = await batcher.add(parcel);
    if (error !== undefined) throw error;
  }

  /** Sends many messages. Resolves to an outcome for each; never rejects. */
  async sendAll(parcels: readonly Parcel[], boundMs: number): Promise<readonly Sent[]> {
    const batches: Promise<readonly Sent[]>[] = [];
    for (let from = 0; from < parcels.length; from += largestBatch)
      batches.push(this.#sendWithin(parcels.slice(from, from + largestBatch), boundMs));
    return (await Promise.all(batches)).flat();
  }

  /** Resolves once no send is under way, those included that wait for the end of this turn to become a batch. */
  async idle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  async #sendWithin(parcels: readonly Parcel[], boundMs: number): Promise<readonly Sent[]> {
    const sending = this.#send(parcels);
    this.#pending.add(sending);
    try {
      return await bounded(sending, boundMs, () => parcels.map(() => notConfirmed(boundMs)), this.#clock);
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
      await this.#broker.send(parcels.map(({ outgoing }) => outgoing));
      return parcels.map(() => undefined);
    } catch (error) {
      return parcels.map((_, index) => outcomeOf(error, index));
    }
  }
}

/** What an error of the broker's `send` says of one message of the batch. */
function outcomeOf(error: unknown, index: number): Sent {
  const known = SendFailed.isInstance(error) ? error : undefined;
  if (known !== undefined && !known.notStored.includes(index) && !known.unknown.includes(index))
    return undefined;
  const what =
    known?.notStored.includes(index) === true
      ? "the broker did not take it"
      : "it was not confirmed, and may be stored";
  return new YTaskError(ErrorCode.SendMessage, `the task could not be sent: ${what}: ${messageOf(error)}`, {
    cause: error,
  });
}

const notConfirmed = (boundMs: number): YTaskError =>
  new YTaskError(
    ErrorCode.SendMessage,
    `the broker did not confirm the task within ${boundMs} ms; it may be stored all the same: check that the broker ` +
      "is reachable, or raise sendTimeoutMs",
  );
