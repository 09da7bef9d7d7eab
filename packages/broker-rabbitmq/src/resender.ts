import { setTimeout as sleep } from "node:timers/promises";
import { type Held, homeward } from "./deliveries.js";
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
  readonly #rescues = new Set<Promise<void>>();
  readonly #unrescued = new Set<Held>();
  #closed = false;

  constructor(options: ResenderOptions) {
    this.#options = options;
  }

  /** Sends copies, once. Resolves to whether the server has them all. */
  async resend(held: readonly Held[]): Promise<boolean> {
    const { sender, queue } = this.#options;
    const sent = await sender.send(
      held.map((one) => homeward(one.message, queue, one.delivery.redeliveries)),
    );
    const failed = sent.find((outcome) => outcome.kind !== "stored");
    if (failed !== undefined) this.#options.onError(failed.error);
    return failed === undefined;
  }

  /** Sends copies of what exists nowhere else any more, until the server has them. Never rejects. */
  rescue(orphans: readonly Held[]): Promise<void> {
    const rescue = this.#rescue(orphans).finally(() => this.#rescues.delete(rescue));
    this.#rescues.add(rescue);
    return rescue;
  }

  /** What exists nowhere else any more, and was not stored until `close`. */
  get unrescued(): Iterable<Held> {
    return this.#unrescued;
  }

  /** Begins nothing more. Resolves once what was begun has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#rescues);
  }

  async #rescue(orphans: readonly Held[]): Promise<void> {
    for (const held of orphans) this.#unrescued.add(held);
    while (orphans.length > 0 && !(await this.resend(orphans))) {
      if (this.#closed) return;
      await sleep(pauseMs, undefined, { ref: false });
    }
    for (const held of orphans) this.#unrescued.delete(held);
  }
}
