import { bounded } from "@ytask/core/driver";
import type { Channel } from "amqplib";
import { explain } from "../errors.js";
import { ChannelKeeper } from "./channel-keeper.js";
import { type Link, reconnectGraceMs } from "./link.js";

/**
 * The channel for declaring queues and asking about them. A refused question closes its channel. So this channel
 * carries no messages, and questions take turns: each fails alone.
 */
export class Questions {
  readonly #keeper: ChannelKeeper<Channel>;
  readonly #commandTimeoutMs: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(link: Link, commandTimeoutMs: number) {
    this.#commandTimeoutMs = commandTimeoutMs;
    this.#keeper = new ChannelKeeper({
      open: () => link.client.createChannel(),
      cause: () => link.lastError,
      // A queue that does not exist also ends the channel, and other questions wait for their turn.
      firstPauseMs: 0,
      doing: "Could not open a channel to RabbitMQ",
    });
  }

  /** The channel, once a question can be asked. Rejects if that takes longer than the server may take to answer. */
  ready(): Promise<Channel> {
    return this.#keeper.ready(this.#commandTimeoutMs);
  }

  /**
   * Runs `question` on the channel when the questions before it are answered. If the connection is down, it waits no
   * longer for it than a hiccup takes, however many others wait.
   *
   * @param doing what is tried, as the beginning of a sentence
   * @throws YTaskError if it is refused, or not answered in time, including the wait for its turn
   */
  async ask<A>(doing: string, question: (channel: Channel) => Promise<A>): Promise<A> {
    const graceMs = Math.min(reconnectGraceMs, this.#commandTimeoutMs);
    const inTime = (answer: Promise<A>, giveUp: () => void = () => undefined) =>
      bounded(answer, this.#commandTimeoutMs, () => {
        giveUp();
        throw new Error(`no answer within ${this.#commandTimeoutMs} ms`);
      });
    let late = false;
    const before = this.#last;
    const answer = Promise.all([before, this.#keeper.ready(graceMs)]).then(async () => {
      if (late) throw new Error("its turn came too late");
      return inTime(question(await this.#keeper.ready(graceMs)));
    });
    // The next question's turn comes when this one has settled, even if its caller has given up. Otherwise all waiting
    // questions would be asked at once when the first one's time is up. Mapped to undefined, because the value would
    // hold the answers of all questions before.
    this.#last = Promise.allSettled([before, answer]).then(() => undefined);
    const bound = inTime(answer, () => {
      late = true;
    });
    try {
      return await bound;
    } catch (error) {
      throw explain(error, doing);
    }
  }

  close(boundMs: number): Promise<void> {
    return this.#keeper.close(boundMs);
  }
}
