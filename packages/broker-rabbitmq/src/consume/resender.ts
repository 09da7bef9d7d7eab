import { setTimeout as sleep } from "node:timers/promises";
import type { QueueSpec } from "../queues/names.js";
import type { Failed, Sender } from "../send/sender.js";
import type { CopiesInDoubt } from "./copies-in-doubt.js";
import { copyOf, type Held, homeward } from "./deliveries.js";

export interface ResenderOptions {
  readonly queue: QueueSpec;
  readonly sender: Sender;
  /** Is told of copies that may be stored besides their originals. */
  readonly copies: CopiesInDoubt;
  onError(error: Error): void;
}

/** How long to wait before a copy that was not stored is sent again, in milliseconds. */
const pauseMs = 1_000;

/** Sends messages to their queue again, next in line, when the server cannot put them back by itself. */
export class Resender {
  readonly #options: ResenderOptions;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #unrescued = new Set<Held>();
  #closed = false;

  constructor(options: ResenderOptions) {
    this.#options = options;
  }

  /**
   * Sends copies of messages that are held, once, and removes each message whose copy the server has. A message whose
   * queue was deleted meanwhile is rescued: its copy may have been in that queue, confirmed or not. Resolves, for each
   * message, to why it is still held, or undefined if it is not; never rejects.
   */
  replace(held: readonly Held[]): Promise<readonly (Failed | undefined)[]> {
    return this.#ended(this.#replace(held));
  }

  /** Sends copies, once. Resolves to the messages of which the server may have no copy. */
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

  /** Sends copies of messages that exist nowhere else any more, until the server has them. Never rejects. */
  rescue(orphans: readonly Held[]): Promise<void> {
    return this.#ended(this.#rescue(orphans));
  }

  /**
   * Resolves when nothing is left to be rescued, to false if that was given up. Until then, a copy of which it is not
   * known whether it is stored may be the only one.
   */
  async allRescued(): Promise<boolean> {
    while (this.#unrescued.size > 0 && this.#underWay.size > 0) await Promise.all(this.#underWay);
    return this.#unrescued.size === 0;
  }

  /** Messages that exist nowhere else any more, and had not been stored by the time of `close`. */
  get unrescued(): Iterable<Held> {
    return this.#unrescued;
  }

  /** Stops trying again. Resolves once everything that was begun has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    // A call that ends may leave something to be rescued.
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
