import { randomUUID } from "node:crypto";
import type { ConsumeMessage } from "amqplib";
import type { Addressed, Sender, Sent } from "./sender.js";

/** How many are remembered: a server in alarm may take days until it stores what it was sent, or never do. */
const most = 10_000;

/** A copy under an id of its own, by which it is known when it comes. */
export const withId = (copy: Addressed, messageId: string): Addressed => ({
  ...copy,
  properties: { ...copy.properties, messageId },
});

/**
 * Copies of messages that were given up before the server told whether it has them, by their ids. What they are copies of
 * is still held, was settled, or is delivered again: so one that comes after all is to be removed, and is no run.
 */
export class AbandonedCopies {
  readonly #ids = new Set<string>();

  add(id: string): void {
    this.#ids.add(id);
    const [oldest = id] = this.#ids;
    if (this.#ids.size > most) this.#ids.delete(oldest);
  }

  /** Sends copies, once, and notes those of which it is not known whether they are stored. Never rejects. */
  async send(copies: readonly Addressed[], sender: Sender): Promise<readonly Sent[]> {
    const ids = copies.map(() => randomUUID());
    const sent = await sender.send(copies.map((copy, index) => withId(copy, ids[index] ?? "")));
    for (const [index, id] of ids.entries()) if (sent[index]?.kind === "unknown") this.add(id);
    return sent;
  }

  /** Also of one that came before: until its ack has arrived, the server may deliver it again. */
  has({ properties: { messageId } }: ConsumeMessage): boolean {
    return this.#ids.has(String(messageId));
  }
}
