import { SendFailed } from "@ytask/core/driver";
import type { RabbitMqBroker } from "../../src/index.js";

/** Sends one message after another, plain ones, delayed ones and ones for the front, and remembers which are accepted. */
export class Traffic {
  /** The bodies whose send resolved: none of them may be lost. */
  readonly accepted = new Set<string>();
  /** The bodies whose send rejected, as an error to its caller. */
  readonly refused = new Set<string>();
  readonly #broker: RabbitMqBroker;
  readonly #queue: string;
  #next: number;
  #isStopped = false;
  readonly #ended: Promise<unknown>;

  /** @param first the number that is the first body; they count upwards from there */
  constructor(broker: RabbitMqBroker, queue: string, first = 0, senders = 8) {
    this.#next = first;
    this.#broker = broker;
    this.#queue = queue;
    this.#ended = Promise.all(Array.from({ length: senders }, () => this.#send()));
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#ended;
  }

  async #send(): Promise<void> {
    while (!this.#isStopped) {
      const number = this.#next++;
      const body = `${number}`;
      const kind = number % 3;
      try {
        await this.#broker.send([
          { queue: this.#queue, body, delayMs: kind === 1 ? 50 + (number % 700) : 0, front: kind === 2 },
        ]);
        this.accepted.add(body);
      } catch (error) {
        if (!SendFailed.isInstance(error)) throw error;
        this.refused.add(body);
      }
    }
  }
}
