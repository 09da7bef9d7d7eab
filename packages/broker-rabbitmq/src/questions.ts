import { bounded, YTaskError } from "@ytask/core/driver";
import type { Channel } from "amqplib";
import { ChannelKeeper } from "./channel-keeper.js";
import { explain } from "./errors.js";
import type { Link } from "./link.js";

/**
 * The channel for declaring queues and asking about them. A refused question closes its channel, so no messages are on
 * this one, and questions take turns: each fails alone.
 */
export class Questions {
  readonly #keeper: ChannelKeeper<Channel>;
  readonly #answerTimeoutMs: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(link: Link, answerTimeoutMs: number) {
    this.#answerTimeoutMs = answerTimeoutMs;
    this.#keeper = new ChannelKeeper({
      open: () => link.client.createChannel(),
      doing: "Could not open a channel to RabbitMQ",
    });
  }

  /** Resolves once a question can be asked. */
  async ready(): Promise<void> {
    await this.#keeper.ready(this.#answerTimeoutMs);
  }

  /**
   * Runs `question` on the channel when those before it are answered.
   *
   * @param doing what is tried, as the beginning of a sentence
   * @throws YTaskError where it is refused, or not answered in time
   */
  ask<A>(doing: string, question: (channel: Channel) => Promise<A>): Promise<A> {
    const answer = this.#last.then(() => this.#ask(doing, question));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  close(boundMs: number): Promise<void> {
    return this.#keeper.close(boundMs);
  }

  async #ask<A>(doing: string, question: (channel: Channel) => Promise<A>): Promise<A> {
    try {
      const channel = await this.#keeper.ready(this.#answerTimeoutMs);
      return await bounded(question(channel), this.#answerTimeoutMs, () => {
        throw new Error(`no answer within ${this.#answerTimeoutMs} ms`);
      });
    } catch (error) {
      if (YTaskError.isInstance(error)) throw error;
      throw explain(error, doing);
    }
  }
}
