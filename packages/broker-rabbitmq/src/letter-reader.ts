import { setTimeout as sleep } from "node:timers/promises";
import { bounded } from "@ytask/core/driver";
import type { Channel, Message } from "amqplib";
import { byAge } from "./addressing.js";
import { explain } from "./errors.js";
import { mostPrefetched } from "./options.js";

export interface LetterReaderOptions {
  readonly queue: string;
  readonly channel: Channel;
  /** Quorum queues put what comes back behind what came back before, and classic ones where it was. */
  readonly isQuorum: boolean;
  readonly commandTimeoutMs: number;
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

/** How long nothing may come of what the queue has until somebody else is held to have it, in milliseconds. */
const stalledMs = 500;

/**
 * How many letters that came back before are taken beside those that are asked for, to keep the order of all. Beyond
 * that reading would take too long, and nobody else would see a letter meanwhile.
 */
const mostForOrder = 2_000;

/** Reads a queue of dead letters by taking them without an ack; what is not removed is given back in its order. */
export class LetterReader {
  readonly #options: LetterReaderOptions;
  readonly #held = new Set<Message>();
  #last: Message | undefined;

  constructor(options: LetterReaderOptions) {
    this.#options = options;
  }

  /** How many letters there are that nobody reads at the moment. */
  async count(): Promise<number> {
    const { channel, queue } = this.#options;
    return (await this.#bounded(channel.checkQueue(queue))).messageCount;
  }

  /** Takes the next letters, the oldest first, and `limit` at most. */
  async take(limit: number): Promise<readonly Message[]> {
    const taken = await this.#takeTogether(limit);
    while (taken.length < limit) {
      const message = await this.#bounded(this.#options.channel.get(this.#options.queue));
      this.#last = message === false ? undefined : message;
      if (message === false) break;
      taken.push(message);
      this.#held.add(message);
    }
    return taken.sort(byAge);
  }

  /**
   * Of a quorum queue, as many as there are now, and `limit` at most: a consumer is sent many at a time, where each `get`
   * costs the queue as much as all of those. A classic queue answers a `get` at once.
   */
  async #takeTogether(limit: number): Promise<Message[]> {
    const { channel, queue, isQuorum } = this.#options;
    const taken: Message[] = [];
    const wanted = !isQuorum || limit < 2 ? 0 : Math.min(limit, await this.count(), mostPrefetched);
    if (wanted < 2) return taken;
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    await this.#bounded(channel.prefetch(wanted));
    const { consumerTag } = await this.#bounded(
      channel.consume(queue, (message) => {
        if (message !== null) {
          taken.push(message);
          this.#held.add(message);
          this.#last = message;
        }
        if (message === null || taken.length === wanted) end();
      }),
    );
    for (let before = -1; taken.length > before && taken.length < wanted; ) {
      before = taken.length;
      await bounded(ended, stalledMs, () => undefined);
    }
    await this.#bounded(channel.cancel(consumerTag));
    return taken;
  }

  /** Removes a letter. It is certain once `giveBack` has resolved. */
  remove(letter: Message): void {
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
    const endMs = performance.now() + this.#options.commandTimeoutMs / 2;
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
    const most = this.#held.size + mostForOrder;
    // What is taken too much comes back too, so it is not much.
    do await this.take(Math.ceil((this.#held.size + 1) / 8));
    while (this.#last?.fields.redelivered && this.#held.size < most);
    await this.#bounded(this.#options.channel.prefetch(0));
  }

  /** The answer, in time; or an error that says what is wrong with the server. */
  async #bounded<A>(answer: Promise<A>): Promise<A> {
    const { commandTimeoutMs } = this.#options;
    try {
      return await bounded(answer, commandTimeoutMs, () => {
        throw new Error(`no answer within ${commandTimeoutMs} ms`);
      });
    } catch (error) {
      throw explain(error, doing);
    }
  }
}
