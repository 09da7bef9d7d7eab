import { setTimeout as sleep } from "node:timers/promises";
import type { QueueSpec } from "../queues/names.js";
import type { Failed, Sender } from "../send/sender.js";
import type { CopiesInDoubt } from "./copies-in-doubt.js";
import { copyOf, type Held, homeward } from "./deliveries.js";

export interface ResenderOptions {
  readonly queue: QueueSpec;
  readonly sender: Sender;
  /** Learns of the copies that may be stored beside what they are copies of. */
  readonly copies: CopiesInDoubt;
  onError(error: Error): void;
}

/** How long to wait before a copy that was not stored is sent again, in milliseconds. */
const pauseMs = 1_000;

/** Sends messages to their queue again, next in line, where the server cannot put them back by itself. */
export class Resender {
  readonly #options: ResenderOptions;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #unrescued = new Set<Held>();
  #closed = false;

  constructor(options: ResenderOptions) {
    this.#options = options;
  }

  /**
   * Sends copies of what is held, once, and removes it where the server has its copy. What has lost its queue meanwhile is
   * rescued: its copy may have been in that queue, confirmed or not. Resolves to why each is still held, undefined where it
   * is not; never rejects.
   */
  replace(held: readonly Held[]): Promise<readonly (Failed | undefined)[]> {
    return this.#ended(this.#replace(held));
  }

  /** Sends copies, once. Resolves to those of which the server may have no copy. */
  async resend(held: readonly Held[]): Promise<readonly Held[]> {
    const { sender, queue, copies } = this.#options;
    for (const one of held) if (one.orphaned) this.#unrescued.add(one);
    const again = held.map((one) => homeward(one.message, queue, one.delivery.redeliveries));
    const sent = await copies.send(again, sender);
    const failed = sent.find((outcome) => outcome.kind !== "stored");
    if (failed !== undefined) this.#options.onError(failed.error);
    const isStored = (_: Held, index: number) => sent[index]?.kind === "stored";
    for (const one of held.filter(isStored)) this.#unrescued.delete(one);
    return held.filter((one, index) => !isStored(one, index));
  }

  /** Sends copies of what exists nowhere else any more, until the server has them. Never rejects. */
  rescue(orphans: readonly Held[]): Promise<void> {
    return this.#ended(this.#rescue(orphans));
  }

  /**
   * Resolves when nothing is left to be rescued, and to false where that was given up: a copy of which it is not known
   * whether it is stored may be the only one until then.
   */
  async allRescued(): Promise<boolean> {
    while (this.#unrescued.size > 0 && this.#underWay.size > 0) await Promise.all(this.#underWay);
    return this.#unrescued.size === 0;
  }

  /** What exists nowhere else any more, and was not stored until `close`. */
  get unrescued(): Iterable<Held> {
    return this.#unrescued;
  }

  /** Tries nothing again any more. Resolves once what was begun has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    // What ends may leave something to be rescued.
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #replace(held: readonly Held[]): Promise<readonly (Failed | undefined)[]> {
    const { sender, queue, copies } = this.#options;
    const again = held.map((one) => copyOf(one.message, queue, one.delivery.redeliveries));
    const sent = await copies.send(again, sender, (index) => held[index]?.orphaned !== true);
    void this.rescue(held.filter((one) => one.orphaned));
    return held.map((one, index) => {
      const outcome = sent[index];
      if (one.orphaned || outcome === undefined) return undefined;
      if (outcome.kind !== "stored") return outcome;
      one.channel.remove([one.message]);
      return undefined;
    });
  }

  async #rescue(orphans: readonly Held[]): Promise<void> {
    for (let left = orphans; left.length > 0; ) {
      left = await this.resend(left);
      if (left.length === 0 || this.#closed) return;
      await sleep(pauseMs, undefined, { ref: false });
    }
  }

  #ended<A>(promise: Promise<A>): Promise<A> {
    const ended = promise.finally(() => this.#underWay.delete(ended));
    this.#underWay.add(ended);
    return ended;
  }
}
