import type { Counts, Delivery, Letter, Outgoing } from "../broker.js";
import { Deque } from "../collections/deque.js";
import type { Clock, Timer } from "../time/clock.js";
import { DueHeap } from "./due-heap.js";

/** A consumer of a queue. */
export interface Consumer {
  /** How many deliveries it holds. */
  readonly heldCount: number;
  /** Call it when there may be something for the consumer's pending receive. */
  serve(): void;
}

/** One queue: its ready, delayed and dead messages, and its consumers. */
export class MemoryQueue {
  readonly letters = new Map<string, Letter>();
  readonly consumers = new Set<Consumer>();
  readonly #clock: Clock;
  readonly #ready = new Deque<Delivery>();
  readonly #delayed = new DueHeap<Outgoing>();
  readonly #waiting = new Set<Consumer>();
  #isWaking = false;
  #dueTimer: Timer | undefined;
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Stores a message: at its place at once, or when its delay is over. */
  add(message: Outgoing): void {
    const delayMs = message.delayMs ?? 0;
    if (delayMs > 0) {
      this.#delayed.add(this.#clock.now() + delayMs, message);
      this.#watchDelayed();
    } else {
      this.#enqueue(message);
      this.#wake();
    }
  }

  /** Puts deliveries back at the head, in order, as new ones: a consumer that still holds an old one cannot settle it. */
  giveBack(deliveries: readonly Delivery[], redelivered: 0 | 1): void {
    for (let at = deliveries.length - 1; at >= 0; at--) {
      const delivery = deliveries[at];
      if (delivery === undefined) continue;
      const { body, redeliveries } = delivery;
      this.#ready.pushFront({ id: this.nextId(), body, redeliveries: redeliveries + redelivered });
    }
    this.#wake();
  }

  /** Takes up to `count` from the head. */
  take(count: number): Delivery[] {
    this.#promote();
    const taken: Delivery[] = [];
    while (taken.length < count) {
      const delivery = this.#ready.popFront();
      if (delivery === undefined) break;
      taken.push(delivery);
    }
    return taken;
  }

  /** Serves the consumer, once or several times, until it leaves. */
  wait(consumer: Consumer): void {
    this.#waiting.add(consumer);
    this.#watchDelayed();
  }

  leave(consumer: Consumer): void {
    this.#waiting.delete(consumer);
    if (this.#waiting.size === 0) this.#unwatchDelayed();
  }

  /** Tells the queue that a waiting consumer may take more than before. */
  freed(): void {
    this.#wake();
  }

  counts(): Counts {
    this.#promote();
    let running = 0;
    for (const consumer of this.consumers) running += consumer.heldCount;
    return { waiting: this.#ready.length, delayed: this.#delayed.length, running, dead: this.letters.size };
  }

  /** Unique among what this queue hands out. */
  nextId(): string {
    return String(++this.#lastId);
  }

  #enqueue(message: Outgoing): void {
    const delivery = { id: this.nextId(), body: message.body, redeliveries: 0 };
    if (message.front === true) this.#ready.pushFront(delivery);
    else this.#ready.pushBack(delivery);
  }

  #promote(): void {
    if (this.#delayed.length === 0) return;
    const nowMs = this.#clock.now();
    for (let due = this.#delayed.takeDue(nowMs); due !== undefined; due = this.#delayed.takeDue(nowMs))
      this.#enqueue(due);
  }

  /** Serves waiting consumers in a later turn, so that what is sent in one turn arrives as one batch. */
  #wake(): void {
    if (this.#isWaking || this.#waiting.size === 0) return;
    this.#isWaking = true;
    setImmediate(() => {
      this.#isWaking = false;
      this.#promote();
      for (const consumer of this.#waiting) {
        if (this.#ready.length === 0) break;
        consumer.serve();
      }
    });
  }

  /** Sets a timer for what is due next, but only while somebody waits: it keeps the process alive. */
  #watchDelayed(): void {
    this.#unwatchDelayed();
    const nextDueMs = this.#delayed.nextDueMs;
    if (nextDueMs === undefined || this.#waiting.size === 0) return;
    this.#dueTimer = this.#clock.after(nextDueMs - this.#clock.now(), () => {
      this.#promote();
      this.#wake();
      // A timer may fire up to a millisecond early: what is not yet due then gets another timer.
      this.#watchDelayed();
    });
  }

  #unwatchDelayed(): void {
    this.#dueTimer?.cancel();
    this.#dueTimer = undefined;
  }
}
