import { Batcher } from "./batcher.js";
import { bounded } from "./bounded.js";
import type { Broker, Outgoing } from "./broker.js";
import type { Clock } from "./clock.js";
import type { DriverHold } from "./drivers.js";
import { ErrorCode, messageOf, SendFailed, YTaskError } from "./errors.js";
import type { Logger } from "./logger.js";

/** The most messages of one call to a broker. */
const largestBatch = 500;

type Sent = { readonly isSent: true } | { readonly isSent: false; readonly error: YTaskError };
const sent: Sent = { isSent: true };

/** Sends messages in batches, one a turn of the event loop. Every send ends within its bound. */
export class Sender {
  readonly #broker: Broker;
  readonly #hold: DriverHold;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #batcher: Batcher<Outgoing, Sent>;
  readonly #pending = new Set<Promise<unknown>>();

  constructor(broker: Broker, hold: DriverHold, clock: Clock, logger: Logger) {
    this.#broker = broker;
    this.#hold = hold;
    this.#clock = clock;
    this.#logger = logger;
    this.#batcher = new Batcher((messages) => this.#send(messages), largestBatch);
  }

  /**
   * Sends one message. Resolves once the broker has stored it.
   * @throws YTaskError `SendMessage` where that was not confirmed; it may have happened all the same
   */
  async send(message: Outgoing, boundMs: number): Promise<void> {
    const outcome = await this.#bound(this.#batcher.add(message), boundMs, notConfirmed(boundMs));
    if (!outcome.isSent) throw outcome.error;
  }

  /** Sends many messages. Resolves to an outcome for each; never rejects. */
  async sendAll(messages: readonly Outgoing[], boundMs: number): Promise<readonly Sent[]> {
    const batches: Promise<readonly Sent[]>[] = [];
    for (let from = 0; from < messages.length; from += largestBatch) {
      const batch = messages.slice(from, from + largestBatch);
      const late = batch.map(() => notConfirmed(boundMs));
      batches.push(this.#bound(this.#send(batch), boundMs, late));
    }
    return (await Promise.all(batches)).flat();
  }

  /** Resolves once no send is under way. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  async #bound<T>(sending: Promise<T>, boundMs: number, late: T): Promise<T> {
    this.#pending.add(sending);
    try {
      return await bounded(sending, boundMs, () => late, this.#clock);
    } finally {
      this.#pending.delete(sending);
    }
  }

  async #send(messages: readonly Outgoing[]): Promise<readonly Sent[]> {
    try {
      if (!this.#hold.isConnected) await this.#hold.connect({ logger: this.#logger });
      await this.#broker.send(messages);
      return messages.map(() => sent);
    } catch (error) {
      return messages.map((_, index) => outcomeOf(error, index));
    }
  }
}

/** What an error of the broker's `send` says of one message of the batch. */
function outcomeOf(error: unknown, index: number): Sent {
  const known = SendFailed.isInstance(error) ? error : undefined;
  if (known !== undefined && !known.notStored.includes(index) && !known.unknown.includes(index)) return sent;
  const what =
    known?.notStored.includes(index) === true
      ? "the broker did not take it"
      : "it was not confirmed, and may be stored";
  const failure = new YTaskError(
    ErrorCode.SendMessage,
    `the task could not be sent: ${what}: ${messageOf(error)}`,
    {
      cause: error,
    },
  );
  return { isSent: false, error: failure };
}

const notConfirmed = (boundMs: number): Sent => ({
  isSent: false,
  error: new YTaskError(
    ErrorCode.SendMessage,
    `the broker did not confirm the task within ${boundMs} ms; it may be stored all the same: check that the broker ` +
      "is reachable, or raise sendTimeoutMs",
  ),
});
