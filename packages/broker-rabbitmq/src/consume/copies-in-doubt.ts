import { randomUUID } from "node:crypto";
import type { ConsumeMessage } from "amqplib";
import { mostPrefetched } from "../options.js";
import type { Addressed, Sender, Sent } from "../send/sender.js";

/**
 * How many copies are remembered: a server in alarm may take days to store what it was sent, or never do it. Twice what
 * a subscription can hold, all of which may be sent at once.
 */
const most = 2 * mostPrefetched;

/** A copy with its own id, by which it is recognised when it arrives. */
export const withId = (copy: Addressed, messageId: string): Addressed => ({
  ...copy,
  properties: { ...copy.properties, messageId },
});

const idOf = ({ properties: { messageId } }: ConsumeMessage): string => String(messageId);

/**
 * The ids of copies of which the server has not said whether it has them: copies on their way, and copies that were
 * given up. The original of a copy that was given up is still held, was settled, or is delivered again. So if such a
 * copy arrives after all, it must be removed, not run.
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
   * @param isNeeded whether this copy is to run; asked once the outcomes of all are known
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

  /** If this is a copy that arrived before its confirm: resolves once it is known whether it was given up. */
  known(message: ConsumeMessage): Promise<unknown> | undefined {
    return this.#onTheWay.get(idOf(message));
  }

  /**
   * Whether this copy was given up. Stays true after it has arrived: until its ack has reached the server, it may be
   * delivered again.
   */
  isGivenUp(message: ConsumeMessage): boolean {
    return this.#givenUp.has(idOf(message));
  }
}
