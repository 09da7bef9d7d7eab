import { setTimeout as sleep } from "node:timers/promises";
import { bounded } from "@ytask/core/driver";
import type { Channel, Message } from "amqplib";
import { explain } from "../errors.js";
import { mostPrefetched } from "../options.js";
import { byAge } from "../send/addressing.js";

export interface LetterReaderOptions {
  readonly queue: string;
  readonly channel: Channel;
  /** Quorum queues put returned letters behind those that were returned before; classic ones put them where they were. */
  readonly isQuorum: boolean;
  readonly commandTimeoutMs: number;
  /** The same as `count`, asked on another channel. */
  countFromOutside(): Promise<number>;
}

const doing = "Could not read dead letters";

/**
 * How many commands may be on their way to a quorum queue. Of a channel's commands, 32 are sent as they come; the rest
 * are kept until those are answered, and the letters that they give back get mixed up.
 */
const mostOnTheWay = 16;

/** How many letters one command can give back to a quorum queue in order: with more than 32 the order gets mixed up. */
const mostTogether = 32;

/** How long to wait to see what a channel's end gives back, in milliseconds: others may take some of it before. */
const returnedWithinMs = 500;

/** If none of the queue's letters arrives for this long, in milliseconds, somebody else is assumed to have them. */
const stalledMs = 500;

/**
 * How many previously returned letters to take besides those requested, to keep the order of all. Taking more would
 * take too long, and nobody else would see a letter meanwhile.
 */
const mostForOrder = 2_000;
/** The most bytes of all that is held while such letters are taken. */
const mostBytesForOrder = 67_108_864;

/** Reads a queue of dead letters by taking them without an ack; letters that are not removed are given back in order. */
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

  /** Whether everything that was taken was removed. */
  get holdsNothing(): boolean {
    return this.#held.size === 0;
  }

  /** How many letters there are, apart from those that somebody is reading. */
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
   * Takes as many as there are now, `limit` at most, by a consumer, which is sent many at a time. Each `get` would take
   * a round trip, and cost a quorum queue as much as all of those together.
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
    // The answer comes after all letters that are on their way.
    await this.#bounded(channel.cancel(consumerTag), () => taken.length);
    return taken;
  }

  /**
   * Removes letters: in one frame, if none is held that came before. This is certain only once `giveBack` has resolved.
   */
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

  /** Gives back everything that was taken and not removed, and ends the reading; this may close the channel. */
  giveBack(): Promise<void> {
    return this.#options.isQuorum ? this.#giveBackInOrder() : this.#giveBackAtOnce();
  }

  /**
   * When a channel closes, a classic queue puts back all of its letters at once, before it answers the close. Letters
   * that are nacked it puts back one by one, after its next answer on the channel: whoever looks then sees only some of
   * them.
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
    // If other letters are in front, these go back in the order in which they came: together with the others, that is a
    // rotation of the right order.
    if (!isInFront) return this.#giveBackAs(came, endMs);
    const [oldest] = this.#inOrder;
    const younger = oldest === undefined ? [] : came.slice(0, came.indexOf(oldest));
    // A rotation is undone: letters that came too early are given back, and taken again, behind the others.
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

  /** Gives back letters, in this order if there is time. */
  async #giveBackAs(letters: readonly Message[], endMs: number): Promise<void> {
    const before = await this.count();
    const oneByOneUntilMs = endMs - this.#options.commandTimeoutMs / 4;
    const left = [...letters];
    for (let given = 0; left.length > 0; ) {
      for (let command = 0; command < mostOnTheWay; command++)
        given += left.splice(0, this.#giveBackFirst(left.slice(0, mostTogether))).length;
      while ((await this.count()) < before + given && performance.now() < endMs) await sleep(1);
      // Letters that came in another order are given back one by one, and there may be too many of them.
      if (performance.now() > oneByOneUntilMs) left.sort((one, other) => tagOf(one) - tagOf(other));
    }
  }

  /**
   * Gives back the first of these letters, together with those that follow it in the order in which one consumer was
   * sent them, if none is held that came before. Returns how many.
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
   * Takes previously returned letters: they must be given back with the rest, to stay in front of it. Besides, a quorum
   * queue forgets acks that are on their way when their channel closes; its answer to a get comes after them. Resolves
   * to whether no previously returned letter is left.
   */
  async #takeRest(): Promise<boolean> {
    const most = this.#held.size + mostForOrder;
    // What is taken unnecessarily must be given back too, so only a little more is taken each time.
    do {
      const more = Math.max(mostTogether, Math.ceil(this.#held.size / 2));
      await this.take(Math.min(more, most - this.#held.size));
    } while (this.#last?.fields.redelivered && this.#held.size < most && this.#heldBytes < mostBytesForOrder);
    return !this.#last?.fields.redelivered;
  }

  /**
   * The answer, if it comes in time; otherwise an error that says what is wrong with the server.
   *
   * @param came how many letters have arrived: the time starts again if more have
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

/** Writes to the channel; if it has closed, throws an error that says what is wrong. */
function writeOrExplain(write: () => void): void {
  try {
    write();
  } catch (error) {
    throw explain(error, doing);
  }
}

/** What a letter was sent to: a consumer, or one `get`. */
const consumerOf = ({ fields: { consumerTag, deliveryTag } }: Message): string | number =>
  consumerTag ?? deliveryTag;

/** The number by which its channel knows a letter. Numbers ascend. */
const tagOf = ({ fields: { deliveryTag } }: Message): number => deliveryTag;
