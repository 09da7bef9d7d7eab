import { ErrorCode, YTaskError } from "@ytask/core/driver";
import type { Channel } from "amqplib";
import type { Questions } from "../connection/questions.js";
import type { QueueLook } from "../consume/consumer-watch.js";
import { NOT_FOUND, replyCode } from "../errors.js";
import {
  dueExchange,
  dueKey,
  exchangeBelow,
  levelKey,
  levels,
  passOn,
  type Route,
  type Stay,
  staysAt,
} from "./delays.js";
import { KeyedMutex } from "./keyed-mutex.js";
import { handingOn, type QueueSpec } from "./names.js";
import { dueQueue } from "./queues-beside.js";

/**
 * For how long the end of a route is not declared again, in milliseconds. A send to more groups than can be declared in
 * its time then continues where it ended when it is tried again.
 */
const dueForMs = 10_000;

/** Declares the queues and routes that messages are sent to, and remembers what it declared. */
export class Queues {
  readonly #questions: Questions;
  readonly #looks: Questions;
  readonly #lookMutex = new KeyedMutex();
  readonly #declarers: readonly Questions[];
  #asked = 0;
  readonly #known = new Set<string>();
  /** When the ends of routes were declared, by `performance.now()`, the longest ago first. */
  readonly #due = new Map<string, number>();
  readonly #declaring = new Map<string, Promise<void>>();
  /** Levels whose queues are all declared, or are about to be. */
  readonly #completing = new Set<number>();

  /**
   * @param looks asks the questions with which queues are watched
   * @param declarers the channels over which declarations are spread: amqplib sends one on a channel only when the one
   * before is answered
   */
  constructor(questions: Questions, looks: Questions, declarers: readonly [Questions, ...Questions[]]) {
    this.#questions = questions;
    this.#looks = looks;
    this.#declarers = declarers;
  }

  /** Whether a queue was declared since the last `forget`. */
  knows(spec: QueueSpec): boolean {
    return this.#known.has(spec.name);
  }

  /** Makes sure that the queue exists. Rejects with `UnsupportedServer` if it exists with other arguments. */
  ensure(spec: QueueSpec): Promise<void> {
    return this.#ensure(spec.name, (channel) => declare(channel, spec));
  }

  /**
   * Makes sure that delayed messages find their way. The end of the route is declared again and again: otherwise a
   * message for a queue that was deleted would reach it minutes late, when the server tries again.
   */
  async ensureRoute(spec: QueueSpec, { top, stays }: Route): Promise<void> {
    await this.#ensure(exchangesUpTo(top), (channel) => declareExchanges(channel, top));
    for (const stay of stays) await this.#ensureStay(stay);
    await this.#ensureDue(spec);
    for (const { level } of stays) this.#complete(level);
  }

  /** Whether everything that a message passes before the end of its route was declared since the last `forget`. */
  knowsRoute({ top, stays }: Route): boolean {
    return this.#known.has(exchangesUpTo(top)) && stays.every((stay) => this.#known.has(stay.queue));
  }

  /** Call it when something turned out to be gone: everything is declared again. */
  forget(): void {
    this.#known.clear();
    this.#due.clear();
    this.#completing.clear();
  }

  /** How many messages wait in a queue; 0 if there is none. */
  async count(name: string): Promise<number> {
    return (await lookAt(this.#questions, name))?.messageCount ?? 0;
  }

  /**
   * How many messages wait in a queue, and how many consumers it has; undefined if there is none. For callers that look
   * again and again: they take turns, and the time to answer starts with their turn. The more there are, the longer it
   * takes.
   */
  look(name: string): Promise<QueueLook | undefined> {
    return this.#lookMutex.runExclusive("look", () => lookAt(this.#looks, name));
  }

  /**
   * Declares the other queues of a level, which no message waits for. So each is declared for the first time together
   * with its level, and not whenever a new digit is used.
   */
  #complete(level: number): void {
    if (this.#completing.has(level)) return;
    this.#completing.add(level);
    // Each has its own turn, between declarations that a message waits for.
    const complete = async () => {
      for (const stay of staysAt(level)) await this.#ensureStay(stay);
    };
    complete().catch(() => {
      // The next message that stays at this level tries again to declare all.
      this.#completing.delete(level);
    });
  }

  #ensureStay(stay: Stay): Promise<void> {
    return this.#ensure(stay.queue, (channel) => declareStay(channel, stay));
  }

  async #ensureDue(spec: QueueSpec): Promise<void> {
    const before = performance.now() - dueForMs;
    for (const [name, since] of this.#due) {
      if (since >= before) break;
      this.#due.delete(name);
    }
    if (this.#due.has(spec.name)) return;
    await this.#once(`due ${spec.name}`, (channel) => declareDue(channel, spec));
    this.#due.delete(spec.name);
    this.#due.set(spec.name, performance.now());
    this.#known.add(spec.name);
  }

  async #ensure(name: string, declaration: (channel: Channel) => Promise<void>): Promise<void> {
    if (this.#known.has(name)) return;
    await this.#once(name, declaration);
    this.#known.add(name);
  }

  /** Calls that come while the same thing is being declared share its answer. */
  #once(name: string, declaration: (channel: Channel) => Promise<void>): Promise<void> {
    const running = this.#declaring.get(name);
    if (running === undefined) return this.#ask(name, declaration);
    return running.catch((error: unknown) => {
      // The first call's time may be over when this call's has only just begun.
      if (!YTaskError.isInstance(error, ErrorCode.Connection)) throw error;
      return this.#declaring.get(name) ?? this.#ask(name, declaration);
    });
  }

  #ask(name: string, declaration: (channel: Channel) => Promise<void>): Promise<void> {
    const declarer = this.#declarers[this.#asked++ % this.#declarers.length] ?? this.#questions;
    const declared = declarer
      .ask(`Could not declare ${name}`, declaration)
      .finally(() => this.#declaring.delete(name));
    this.#declaring.set(name, declared);
    return declared;
  }
}

const lookAt = (questions: Questions, name: string): Promise<QueueLook | undefined> =>
  questions.ask(`Could not count the messages of ${name}`, async (channel) => {
    try {
      return await channel.checkQueue(name);
    } catch (error) {
      if (replyCode(error) === NOT_FOUND) return undefined;
      throw error;
    }
  });

export async function declare(channel: Channel, spec: QueueSpec): Promise<void> {
  await channel.assertQueue(spec.name, { durable: true, arguments: spec.arguments });
}

/** The queue, and the way by which delayed messages come to it. */
async function declareDue(channel: Channel, spec: QueueSpec): Promise<void> {
  const due = dueQueue(spec);
  await channel.assertExchange(dueExchange, "topic", { durable: true });
  await declare(channel, spec);
  await declare(channel, due);
  await channel.bindQueue(due.name, dueExchange, dueKey(spec.name));
}

/**
 * The exchanges of all levels up to `top`, and the bindings by which a message passes a level at which it does not
 * stay.
 */
async function declareExchanges(channel: Channel, top: number): Promise<void> {
  await channel.assertExchange(dueExchange, "topic", { durable: true });
  for (const [index, level] of levels.slice(0, top + 1).entries()) {
    await channel.assertExchange(level.name, "topic", { durable: true });
    await channel.bindExchange(exchangeBelow(index), level.name, levelKey(index, passOn));
  }
}

/** A queue of a level. */
async function declareStay(channel: Channel, { level, digit, queue, ttlMs }: Stay): Promise<void> {
  await declare(channel, { name: queue, arguments: handingOn(ttlMs, exchangeBelow(level)) });
  await channel.bindQueue(queue, levels[level]?.name ?? "", levelKey(level, digit));
}

/** The key under which declared exchanges are remembered. */
const exchangesUpTo = (top: number): string => `exchanges ${top}`;
