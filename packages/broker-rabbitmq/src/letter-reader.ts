import { setTimeout as sleep } from "node:timers/promises";
import { bounded } from "@ytask/core/driver";
import type { Channel, GetMessage } from "amqplib";
import { byAge } from "./addressing.js";
import { explain } from "./errors.js";

export interface LetterReaderOptions {
  readonly queue: string;
  readonly channel: Channel;
  /** Quorum queues put what comes back behind what came back before, and classic ones where it was. */
  readonly isQuorum: boolean;
  readonly answerTimeoutMs: number;
  /** What `count` resolves to, asked on another channel. */
  countFromOutside(): Promise<number>;
}

const doing = "Could not read dead letters";

/**
 * How many letters are given back before they are seen in the queue: of what a quorum queue's channel has on its way it
 * sends 32 as they come, and shuffles the rest.
 */
const returnedTogether = 16;

/** How long to wait for what a channel's end gives back, in milliseconds: others may take of it before it is seen. */
const returnedWithinMs = 500;

/** Reads a queue of dead letters by taking them without an ack; what is not removed is given back in its order. */
export class LetterReader {
  readonly #options: LetterReaderOptions;
  readonly #held = new Set<GetMessage>();
  #last: GetMessage | undefined;

  constructor(options: LetterReaderOptions) {
    this.#options = options;
  }

  /** How many letters there are that nobody reads at the moment. */
  async count(): Promise<number> {
    const { channel, queue } = this.#options;
    return (await this.#bounded(channel.checkQueue(queue))).messageCount;
  }

  /** Takes the next letters, the oldest first, and `limit` at most. */
  async take(limit: number): Promise<readonly GetMessage[]> {
    const taken: GetMessage[] = [];
    while (taken.length < limit) {
      const message = await this.#bounded(this.#options.channel.get(this.#options.queue));
      this.#last = message === false ? undefined : message;
      if (message === false) break;
      taken.push(message);
      this.#held.add(message);
    }
    return taken.sort(byAge);
  }

  /** Removes a letter. It is certain once `giveBack` has resolved. */
  remove(letter: GetMessage): void {
    this.#held.delete(letter);
    this.#options.channel.ack(letter);
  }

  /** Gives back all that was taken and not removed, and ends the reading: the channel may be closed. */
  giveBack(): Promise<void> {
    return this.#options.isQuorum ? this.#giveBackInOrder() : this.#giveBackAtOnce();
  }

  /**
   * A classic queue puts back together what a channel leaves that closes, before that is answered. What is nacked it puts
   * back one by one, after what the channel answers next: whoever looks then sees some of it.
   */
  async #giveBackAtOnce(): Promise<void> {
    const { channel, countFromOutside } = this.#options;
    const all = (await this.count()) + this.#held.size;
    await this.#bounded(channel.close());
    const endMs = performance.now() + returnedWithinMs;
    while ((await countFromOutside()) < all && performance.now() < endMs) await sleep(1);
  }

  async #giveBackInOrder(): Promise<void> {
    const { channel } = this.#options;
    await this.#takeRest();
    const before = await this.count();
    const inOrder = [...this.#held].sort(byAge);
    const endMs = performance.now() + this.#options.answerTimeoutMs / 2;
    for (let from = 0; from < inOrder.length; from += returnedTogether) {
      const together = inOrder.slice(from, from + returnedTogether);
      for (const letter of together) channel.nack(letter, false, true);
      while ((await this.count()) < before + from + together.length && performance.now() < endMs)
        await sleep(1);
    }
  }

  /**
   * What came back before has to come back with the rest, to stay in front of it. Besides, a quorum queue forgets acks
   * that are on their way when their channel closes; what it answers to a get is behind them.
   */
  async #takeRest(): Promise<void> {
    do await this.take(1);
    while (this.#last?.fields.redelivered);
    await this.#bounded(this.#options.channel.prefetch(0));
  }

  /** The answer, in time; or an error that says what is wrong with the server. */
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
