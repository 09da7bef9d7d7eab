import { bounded } from "@ytask/core/driver";
import type { Channel } from "amqplib";

/**
 * AMQP does not confirm acks, but a channel works in order: when it answers a question that was asked after an ack, the
 * ack has arrived. Callers that ask while an answer is pending share the next one.
 */
export class Barrier {
  readonly #channel: Channel;
  readonly #prefetch: number;
  #running: Promise<boolean> | undefined;
  #next: Promise<boolean> | undefined;

  /**
   * @param prefetch the prefetch count that the question sets: it applies to the channel's next consumer, which sets
   * its own first
   */
  constructor(channel: Channel, prefetch: number) {
    this.#channel = channel;
    this.#prefetch = prefetch;
  }

  /** Resolves to whether the server took everything that was written to the channel before, within the time. */
  pass(boundMs: number): Promise<boolean> {
    return bounded(this.#answerTo(), boundMs, () => false);
  }

  #answerTo(): Promise<boolean> {
    if (this.#running === undefined) return this.#ask();
    this.#next ??= this.#running.then(() => this.#ask());
    return this.#next;
  }

  #ask(): Promise<boolean> {
    this.#next = undefined;
    this.#running = this.#answer().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #answer(): Promise<boolean> {
    try {
      await this.#channel.prefetch(this.#prefetch);
      return true;
    } catch {
      return false;
    }
  }
}
