import { setTimeout as sleep } from "node:timers/promises";
import { bounded } from "@ytask/core/driver";
import type { Channel, Message } from "amqplib";
import { explain } from "../errors.js";
import { mostPrefetched } from "../options.js";
import { byAge } from "../send/addressing.js";

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
 * How many commands may be on their way to a quorum queue: of those of a channel it sends 32 as they come, keeps the rest
 * until they are answered, and mixes up what that gives back.
 */
const mostOnTheWay = 16;

/** How many letters one command gives back to a quorum queue in their order: of more than 32 it is mixed up. */
const mostTogether = 32;

/** How long to wait for what a channel's end gives back, in milliseconds: others may take of it before it is seen. */
const returnedWithinMs = 500;

/** How long nothing may come of what the queue has until somebody else is held to have it, in milliseconds. */
const stalledMs = 500;

/**
 * How many letters that came back before are taken beside those that are asked for, to keep the order of all. Beyond
 * that reading would take too long, and nobody else would see a letter meanwhile.
 */
const mostForOrder = 2_000;
/** The most bytes of all that is held while such letters are taken. */
const mostBytesForOrder = 67_108_864;

/** Reads a queue of dead letters by taking them without an ack; what is not removed is given back in its order. */
export class LetterReader {
  readonly #options: LetterReaderOptions;
  /** In the order of delivery, so that their tags ascend. */
  readonly #held = new Set<Message>();
  #last: Message | undefined;
  /** How many commands have removed letters. */
  #removals = 0;

  constructor(options: LetterReaderOptions) {
    this.#options = options;
  }

  /** Whether all that was taken was removed. */
  get holdsNothing(): boolean {
    return this.#held.size === 0;
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
   * As many as there are now, and `limit` at most: a consumer is sent many at a time, where each `get` takes a round trip,
   * and costs a quorum queue as much as all of those.
   */
  async #takeTogether(limit: number): Promise<Message[]> {
    const { channel, queue } = this.#options;
    const taken: Message[] = [];
    const wanted = limit < 2 ? 0 : Math.min(limit, await this.count(), mostPrefetched);
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
    // The answer is behind all letters that are on their way.
    await this.#bounded(channel.cancel(consumerTag), () => taken.length);
    return taken;
  }

  /** Removes letters, in one frame where none is held that came before. It is certain once `giveBack` has resolved. */
  remove(letters: readonly Message[]): void {
    const { channel } = this.#options;
    for (const letter of letters) this.#held.delete(letter);
    const [firstHeld] = this.#held;
    const [last] = letters.toSorted((one, other) => tagOf(other) - tagOf(one));
    if (last === undefined) return;
    if (firstHeld === undefined || tagOf(last) < tagOf(firstHeld)) {
      writeOrExplain(() => channel.ack(last, true));
      this.#removals += new Set(letters.map(consumerOf)).size;
    } else {
      for (const letter of letters) writeOrExplain(() => channel.ack(letter));
      this.#removals += letters.length;
    }
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
    const { channel, commandTimeoutMs } = this.#options;
    const isInFront = this.#held.size > 0 || this.#removals > mostOnTheWay ? await this.#takeRest() : true;
    await this.#bounded(channel.prefetch(0));
    const endMs = performance.now() + commandTimeoutMs / 2;
    const came = [...this.#held];
    // Behind others their order is that in which they came: with those it is a rotation of the right one.
    if (!isInFront) return this.#giveBackAs(came, endMs);
    const [oldest] = this.#inOrder;
    const younger = oldest === undefined ? [] : came.slice(0, came.indexOf(oldest));
    // Such a rotation is turned back: what came too early is given back, and taken again, behind the others.
    if (younger.length > 0) {
      await this.#giveBackAs(younger, endMs);
      await this.take(younger.length);
    }
    await this.#giveBackAs(this.#inOrder, endMs);
  }

  get #heldBytes(): number {
    let bytes = 0;
    for (const { content } of this.#held) bytes += content.length;
    return bytes;
  }

  /** What is held, the oldest first. */
  get #inOrder(): Message[] {
    return [...this.#held].sort(byAge);
  }

  /** Gives back letters, in this order as far as there is time. */
  async #giveBackAs(letters: readonly Message[], endMs: number): Promise<void> {
    const before = await this.count();
    const oneByOneUntilMs = endMs - this.#options.commandTimeoutMs / 4;
    const left = [...letters];
    for (let given = 0; left.length > 0; ) {
      for (let command = 0; command < mostOnTheWay; command++)
        given += left.splice(0, this.#giveBackFirst(left.slice(0, mostTogether))).length;
      while ((await this.count()) < before + given && performance.now() < endMs) await sleep(1);
      // What came in another order is given back one by one, of which there may be too many.
      if (performance.now() > oneByOneUntilMs) left.sort((one, other) => tagOf(one) - tagOf(other));
    }
  }

  /**
   * Gives back the first of these letters, and with it those that follow in the order in which one consumer was sent them,
   * where none is held that came before. Returns how many.
   */
  #giveBackFirst(letters: readonly Message[]): number {
    const [first] = letters;
    if (first === undefined) return 0;
    const held = this.#held.values();
    const asSent = (letter: Message) =>
      held.next().value === letter && consumerOf(letter) === consumerOf(first);
    const other = letters.findIndex((letter) => !asSent(letter));
    const together = letters.slice(0, other < 0 ? letters.length : Math.max(other, 1));
    writeOrExplain(() => this.#options.channel.nack(together.at(-1) as Message, other !== 0, true));
    for (const letter of together) this.#held.delete(letter);
    return together.length;
  }

  /**
   * What came back before has to come back with the rest, to stay in front of it. Besides, a quorum queue forgets acks
   * that are on their way when their channel closes; what it answers to a get is behind them. Resolves to whether nothing is
   * left that came back before.
   */
  async #takeRest(): Promise<boolean> {
    const most = this.#held.size + mostForOrder;
    // What is taken too much comes back too, so it is not much.
    do {
      const more = Math.max(mostTogether, Math.ceil(this.#held.size / 2));
      await this.take(Math.min(more, most - this.#held.size));
    } while (this.#last?.fields.redelivered && this.#held.size < most && this.#heldBytes < mostBytesForOrder);
    return !this.#last?.fields.redelivered;
  }

  /**
   * The answer, in time; or an error that says what is wrong with the server.
   *
   * @param came how many letters have come: the time begins anew where some have
   */
  async #bounded<A>(answer: Promise<A>, came: () => number = () => 0): Promise<A> {
    const { commandTimeoutMs } = this.#options;
    const before = came();
    try {
      return await bounded(answer, commandTimeoutMs, () => {
        throw new Error(`no answer within ${commandTimeoutMs} ms`);
      });
    } catch (error) {
      if (came() > before) return this.#bounded(answer, came);
      throw explain(error, doing);
    }
  }
}

/** Writes to the channel; throws an error that says what is wrong where it has closed. */
function writeOrExplain(write: () => void): void {
  try {
    write();
  } catch (error) {
    throw explain(error, doing);
  }
}

/** Who was sent a letter: a consumer, or one `get`. */
const consumerOf = ({ fields: { consumerTag, deliveryTag } }: Message): string | number =>
  consumerTag ?? deliveryTag;

/** The number by which its channel knows a letter: they ascend. */
const tagOf = ({ fields: { deliveryTag } }: Message): number => deliveryTag;
