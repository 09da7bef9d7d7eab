import { bounded } from "@ytask/core/driver";
import type { Channel } from "amqplib";
import { explain } from "../errors.js";
import { ChannelKeeper } from "./channel-keeper.js";
import { type Link, reconnectGraceMs } from "./link.js";

/**
 * The channel for declaring queues and asking about them. A refused question closes its channel, so no messages are on
 * this one, and questions take turns: each fails alone.
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
      // The answer that there is no such queue ends a channel too, and others wait for their turn.
      firstPauseMs: 0,
      doing: "Could not open a channel to RabbitMQ",
    });
  }

  /** The channel, once a question can be asked. Rejects where that takes longer than the server may take to answer. */
  ready(): Promise<Channel> {
    return this.#keeper.ready(this.#commandTimeoutMs);
  }

  /**
   * Runs `question` on the channel when those before it are answered. While the connection is down it waits for that no
   * longer than a hiccup takes, whoever else waits.
   *
   * @param doing what is tried, as the beginning of a sentence
   * @throws YTaskError where it is refused, or not answered in time, its turn included
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
    // The next question's turn comes when this one has settled, even if its caller gave up before. Otherwise all that
    // wait would be asked at once when the first one's time is up. Its value would hold the answers of all before.
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
