import { bounded, type DeadLetters, type Letter, SendFailed } from "@ytask/core/driver";
import type { Channel, GetMessage } from "amqplib";
import { letterOf } from "./addressing.js";
import type { Connections } from "./connections.js";
import { explain, NOT_FOUND, replyCode } from "./errors.js";
import type { QueueSpec } from "./names.js";

export interface DeadLettersOptions {
  /** Where the letters are. */
  readonly from: QueueSpec;
  /** Where they are sent again. */
  readonly to: QueueSpec;
  readonly answerTimeoutMs: number;
  /** @throws YTaskError where the broker is closed */
  connections(): Connections;
  /** Runs one look into a queue at a time: what one holds, another cannot see. */
  exclusively<A>(queue: string, look: () => Promise<A>): Promise<A>;
}

const doing = "Could not read dead letters";

/** How many letters are sent again at a time. */
const batch = 200;
/** How many letters are given back at a time. */
const returnedTogether = 16;

/**
 * The dead letters of a queue. They are read by taking them without an ack: closing the channel, or the death of this
 * process, puts them back where they were.
 */
export class RabbitMqDeadLetters implements DeadLetters {
  readonly #options: DeadLettersOptions;

  constructor(options: DeadLettersOptions) {
    this.#options = options;
  }

  async list({ limit = 100 }: { readonly limit?: number | undefined } = {}): Promise<readonly Letter[]> {
    return this.#look([], async (channel) => {
      const taken = await this.#take(channel, limit);
      await this.#giveBack(channel, taken);
      return taken.map(letterOf).sort((one, other) => one.at.getTime() - other.at.getTime());
    });
  }

  async redrive(ids?: readonly string[], rewrite?: (letter: Letter) => string): Promise<number> {
    const wanted = ids === undefined ? undefined : new Set(ids);
    return this.#look(0, async (channel) => {
      // No more than there are now: what fails again soon would be sent again and again.
      let left = (await this.#bounded(channel.checkQueue(this.#options.from.name))).messageCount;
      let count = 0;
      const kept: GetMessage[] = [];
      while (left > 0 && wanted?.size !== 0) {
        const taken = await this.#take(channel, Math.min(batch, left));
        if (taken.length === 0) break;
        left -= taken.length;
        const chosen = taken.filter(
          (message) => wanted === undefined || wanted.delete(String(message.properties.messageId)),
        );
        kept.push(...taken.filter((message) => !chosen.includes(message)));
        await this.#sendAgain(channel, chosen, rewrite);
        count += chosen.length;
      }
      await this.#giveBack(channel, kept);
      return count;
    });
  }

  async purge(): Promise<number> {
    const { connections, from } = this.#options;
    return connections().questions.ask(`Could not purge ${from.name}`, async (channel) => {
      try {
        return (await channel.purgeQueue(from.name)).messageCount;
      } catch (error) {
        if (replyCode(error) === NOT_FOUND) return 0;
        throw error;
      }
    });
  }

  async #sendAgain(
    channel: Channel,
    chosen: readonly GetMessage[],
    rewrite: (letter: Letter) => string = (letter) => letter.body,
  ): Promise<void> {
    const { connections, to } = this.#options;
    const copies = chosen.map((message) => ({ to, body: Buffer.from(rewrite(letterOf(message))) }));
    const sent = await connections().sender.send(copies);
    for (const [index, message] of chosen.entries()) if (sent[index]?.kind === "stored") channel.ack(message);
    const failed = sent.find((outcome) => outcome.kind !== "stored");
    if (failed !== undefined)
      throw new SendFailed(
        `Some dead letters stay where they are: ${failed.error.message}`,
        {},
        { cause: failed.error },
      );
  }

  /**
   * Puts letters back in their order: a quorum queue shuffles what one command gives back, where that is more than a
   * few, and forgets acks that are on their way when a channel closes. What answers in the end is behind them.
   */
  async #giveBack(channel: Channel, letters: readonly GetMessage[]): Promise<void> {
    for (const [index, letter] of letters.entries()) {
      channel.nack(letter, false, true);
      if ((index + 1) % returnedTogether === 0)
        await this.#bounded(channel.checkQueue(this.#options.from.name));
    }
    await this.#bounded(channel.get(this.#options.from.name));
    await this.#bounded(channel.prefetch(0));
  }

  /** Takes up to `limit` letters, the oldest first. */
  async #take(channel: Channel, limit: number): Promise<readonly GetMessage[]> {
    const taken: GetMessage[] = [];
    while (taken.length < limit) {
      const message = await this.#bounded(channel.get(this.#options.from.name));
      if (message === false) break;
      taken.push(message);
    }
    return taken;
  }

  /** Opens a channel, looks, and closes it, which puts back what is not acked. `none` where there is no such queue. */
  #look<A>(none: A, look: (channel: Channel) => Promise<A>): Promise<A> {
    return this.#options.exclusively(this.#options.from.name, async () => {
      try {
        const channel = await this.#bounded(this.#options.connections().consume.client.createChannel());
        channel.on("error", () => undefined);
        try {
          const seen = await look(channel);
          await this.#bounded(channel.close());
          return seen;
        } catch (error) {
          channel.close().catch(() => undefined);
          throw error;
        }
      } catch (error) {
        if (error instanceof Error && replyCode(error.cause) === NOT_FOUND) return none;
        throw error;
      }
    });
  }

  /** The answer, in time; or an error that says what is wrong with the server, as opposed to what `rewrite` throws. */
  async #bounded<A>(answer: Promise<A>): Promise<A> {
    const { answerTimeoutMs } = this.#options;
    try {
      return await bounded(answer, answerTimeoutMs, () => {
        throw new Error(`no answer within ${answerTimeoutMs} ms`);
      });
    } catch (error) {
      throw explain(error, doing);
    }
  }
}
