import { Batcher } from "./batcher.js";
import { bounded } from "./bounded.js";
import type { Broker, Outgoing } from "./broker.js";
import type { Clock } from "./clock.js";
import type { DriverHold } from "./drivers.js";
import { ErrorCode, messageOf, SendFailed, YTaskError } from "./errors.js";
import type { Logger } from "./logger.js";

/** The most messages of one call to a broker. */
const largestBatch = 500;

/** What became of a message: nothing to say, or why it was not confirmed. */
type Sent = YTaskError | undefined;

/** Sends messages in batches, one a turn of the event loop. Every send ends within its bound. */
export class Sender {
  readonly #broker: Broker;
  readonly #hold: DriverHold;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** One for each bound that is used, so that a batch has one. */
  readonly #batchers = new Map<number, Batcher<Outgoing, Sent>>();
  readonly #pending = new Set<Promise<unknown>>();

  constructor(broker: Broker, hold: DriverHold, clock: Clock, logger: Logger) {
    this.#broker = broker;
    this.#hold = hold;
    this.#clock = clock;
    this.#logger = logger;
  }

  /**
   * Sends one message. Resolves once the broker has stored it.
   * @throws YTaskError `SendMessage` where that was not confirmed; it may have happened all the same
   */
  async send(message: Outgoing, boundMs: number): Promise<void> {
    let batcher = this.#batchers.get(boundMs);
    if (batcher === undefined) {
      batcher = new Batcher((messages) => this.#sendWithin(messages, boundMs), largestBatch);
      this.#batchers.set(boundMs, batcher);
    }
    const error = await batcher.add(message);
    if (error !== undefined) throw error;
  }

  /** Sends many messages. Resolves to an outcome for each; never rejects. */
  async sendAll(messages: readonly Outgoing[], boundMs: number): Promise<readonly Sent[]> {
    const batches: Promise<readonly Sent[]>[] = [];
    for (let from = 0; from < messages.length; from += largestBatch)
      batches.push(this.#sendWithin(messages.slice(from, from + largestBatch), boundMs));
    return (await Promise.all(batches)).flat();
  }

  /** Resolves once no send is under way, those included that wait for the end of this turn to become a batch. */
  async idle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  async #sendWithin(messages: readonly Outgoing[], boundMs: number): Promise<readonly Sent[]> {
    const sending = this.#send(messages);
    this.#pending.add(sending);
    try {
      return await bounded(sending, boundMs, () => messages.map(() => notConfirmed(boundMs)), this.#clock);
    } finally {
      this.#pending.delete(sending);
    }
  }

  async #send(messages: readonly Outgoing[]): Promise<readonly Sent[]> {
    try {
      if (!this.#hold.isConnected) await this.#hold.connect({ logger: this.#logger });
      await this.#broker.send(messages);
      return messages.map(() => undefined);
    } catch (error) {
      return messages.map((_, index) => outcomeOf(error, index));
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
