import { setTimeout as sleep } from "node:timers/promises";
import { copyOf, type Held } from "./deliveries.js";
import type { QueueSpec } from "./names.js";
import type { Sender } from "./sender.js";

export interface ResenderOptions {
  readonly queue: QueueSpec;
  readonly sender: Sender;
  onError(error: Error): void;
}

/** How long to wait before a copy that was not stored is sent again, in milliseconds. */
const pauseMs = 1_000;

/** Sends messages to their queue again, next in line, where the server cannot put them back by itself. */
export class Resender {
  readonly #options: ResenderOptions;
  readonly #recounts = new Set<Promise<void>>();
  #closed = false;

  constructor(options: ResenderOptions) {
    this.#options = options;
  }

  /** Sends copies, once. Resolves to whether the server has them all. */
  async resend(held: readonly Held[]): Promise<boolean> {
    const { sender, queue } = this.#options;
    const sent = await sender.send(held.map((one) => copyOf(one.message, queue, one.delivery.redeliveries)));
    const failed = sent.find((outcome) => outcome.kind !== "stored");
    if (failed !== undefined) this.#options.onError(failed.error);
    return failed === undefined;
  }

  /** Sends copies of what exists nowhere else any more, until the server has them. */
  async rescue(orphans: readonly Held[]): Promise<void> {
    while (orphans.length > 0 && !(await this.resend(orphans)) && !this.#closed)
      await sleep(pauseMs, undefined, { ref: false });
  }

  /**
   * A classic queue does not count redeliveries, it only flags what was delivered before. So a flagged message is sent
   * again with our own count, and then removed: one that ends its server each time must not come back uncounted.
   */
  recount(held: Held, isHeld: () => boolean): void {
    const recount = this.#recount(held, isHeld).finally(() => this.#recounts.delete(recount));
    this.#recounts.add(recount);
  }

  /** Begins nothing more, and resolves when what was begun has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#recounts);
  }

  async #recount(held: Held, isHeld: () => boolean): Promise<void> {
    const { sender, queue, onError } = this.#options;
    const copy = copyOf(held.message, queue, held.delivery.redeliveries + 1);
    while (!this.#closed && isHeld()) {
      const [outcome] = await sender.send([copy]);
      if (outcome === undefined || outcome.kind === "stored") {
        held.channel.remove([held.message]);
        return;
      }
      onError(outcome.error);
      if (!this.#closed) await sleep(pauseMs, undefined, { ref: false });
    }
  }
}
