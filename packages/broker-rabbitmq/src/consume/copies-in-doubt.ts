import { randomUUID } from "node:crypto";
import type { ConsumeMessage } from "amqplib";
import { mostPrefetched } from "../options.js";
import type { Addressed, Sender, Sent } from "../send/sender.js";

/**
 * How many are remembered: a server in alarm may take days until it stores what it was sent, or never do. Twice what a
 * subscription can hold, of which all may be sent at once.
 */
const most = 2 * mostPrefetched;

/** A copy under an id of its own, by which it is known when it comes. */
export const withId = (copy: Addressed, messageId: string): Addressed => ({
  ...copy,
  properties: { ...copy.properties, messageId },
});

const idOf = ({ properties: { messageId } }: ConsumeMessage): string => String(messageId);

/**
 * Copies of messages of which the server has not told whether it has them, by their ids: those that are on their way, and
 * those that were given up. What one of the latter is a copy of is still held, was settled, or is delivered again: so one
 * that comes after all is to be removed, and is no run.
 */
export class CopiesInDoubt {
  readonly #onTheWay = new Map<string, Promise<unknown>>();
  readonly #givenUp = new Set<string>();

  giveUp(id: string): void {
    this.#givenUp.add(id);
    const [oldest = id] = this.#givenUp;
    if (this.#givenUp.size > most) this.#givenUp.delete(oldest);
  }

  /**
   * Sends copies, once, and gives up those of which it is not known whether they are stored. Never rejects.
   *
   * @param isNeeded whether this copy is to run, asked once what became of all is known
   */
  send(
    copies: readonly Addressed[],
    sender: Sender,
    isNeeded: (index: number) => boolean = () => true,
  ): Promise<readonly Sent[]> {
    const ids = copies.map(() => randomUUID());
    const sending = sender.send(copies.map((copy, index) => withId(copy, ids[index] ?? "")));
    const known = sending.then((sent) => {
      for (const [index, id] of ids.entries()) {
        this.#onTheWay.delete(id);
        if (sent[index]?.kind === "unknown" || !isNeeded(index)) this.giveUp(id);
      }
      return sent;
    });
    for (const id of ids) this.#onTheWay.set(id, known);
    return known;
  }

  /** Where this is a copy that came before its confirm: resolves once it is known whether it was given up. */
  known(message: ConsumeMessage): Promise<unknown> | undefined {
    return this.#onTheWay.get(idOf(message));
  }

  /** Also of one that came before: until its ack has arrived, the server may deliver it again. */
  isGivenUp(message: ConsumeMessage): boolean {
    return this.#givenUp.has(idOf(message));
  }
}
