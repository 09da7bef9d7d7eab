import type { Outcome, Settlement } from "@ytask/core/driver";
import { deadLetter, outgoing } from "./addressing.js";
import { copyOf, type Held, mustBeSentAgain } from "./deliveries.js";
import type { Inbox } from "./inbox.js";
import type { QueueSpec } from "./names.js";
import type { QueueType } from "./options.js";
import type { Addressed, Sender } from "./sender.js";

export interface SettlerOptions {
  /** The queue's name as core knows it. */
  readonly name: string;
  readonly queue: QueueSpec;
  readonly queueType: QueueType;
  readonly inbox: Inbox;
  readonly sender: Sender;
  onError(error: Error): void;
}

/** Settles deliveries: what a settlement sends is confirmed before the delivery is removed. */
export class Settler {
  readonly #options: SettlerOptions;

  constructor(options: SettlerOptions) {
    this.#options = options;
  }

  /** One outcome for each settlement, in their order. Never rejects. */
  async settle(settlements: readonly Settlement[]): Promise<readonly Outcome[]> {
    const steps = settlements.map((settlement) => this.#messagesFor(settlement));
    const messages = steps.flat();
    const sent = messages.length === 0 ? [] : await this.#options.sender.send(messages);
    let next = 0;
    let failure: Error | undefined;
    const outcomes = settlements.map((settlement, index): Outcome => {
      const from = next;
      next += steps[index]?.length ?? 0;
      const failed = sent.slice(from, next).find((outcome) => outcome.kind !== "stored");
      if (failed === undefined) return this.#remove(settlement);
      failure = failed.error;
      return "unknown";
    });
    if (failure !== undefined) this.#options.onError(failure);
    return outcomes;
  }

  /** What has to be stored before the delivery may go; nothing for one that is no longer held. */
  #messagesFor(settlement: Settlement): readonly Addressed[] {
    const { name, queue, queueType, inbox } = this.#options;
    const held = inbox.out(settlement.delivery.id);
    if (held === undefined) return [];
    switch (settlement.kind) {
      case "replace":
        return settlement.by.map((message) => outgoing(message, queueType));
      case "deadLetter":
        return [deadLetter(name, queueType, held.message.content, settlement.reason, settlement.error)];
      case "release":
        return mustBeSentAgain(held) ? [copyOf(held.message, queue, held.delivery.redeliveries)] : [];
      case "ack":
        return [];
    }
  }

  #remove(settlement: Settlement): Outcome {
    const { inbox } = this.#options;
    const held = inbox.out(settlement.delivery.id);
    if (held === undefined) return "lost";
    inbox.settled(held);
    return letGo(held, settlement.kind === "release" && !mustBeSentAgain(held)) ? "settled" : "lost";
  }
}

/** Acks, or gives back. Answers false where the channel has closed, and the server delivers the message again. */
export function letGo(held: Held, giveBack: boolean): boolean {
  try {
    if (giveBack) held.channel.nack(held.message, false, true);
    else held.channel.ack(held.message);
    return true;
  } catch {
    return false;
  }
}
