import {
  type DeadLetterReason,
  type Delivery,
  type Outcome,
  type Outgoing,
  type Settlement,
  TurnoverMap,
} from "@ytask/core/driver";
import { inPieces } from "@ytask-internal/redis-connection";
import type { Consumer } from "./consumer.js";
import { tokenNumber } from "./delivery-token.js";
import type { QueueKeys } from "./queue-keys.js";
import { settle } from "./scripts/settle.js";
import type { Sender } from "./sender.js";

/** The most settlements of one call: what Lua can unpack. */
const mostAtOnce = 1_000;
/** How much of an error's text is kept with a dead letter, in characters. */
const longestError = 8_192;

export interface SettlerOptions {
  /** The most dead letters; beyond it the oldest are deleted. */
  readonly deadLetterLimit: number | undefined;
  /** To be called with the number of dead letters after one was added. */
  readonly onDeadLetters: (count: number) => void;
  readonly onError: (error: Error) => void;
}

/** Settles deliveries of a consumer, in one call to Redis for all of them. */
export class Settler {
  readonly #consumer: Consumer;
  readonly #keys: QueueKeys;
  readonly #sender: Sender;
  readonly #options: SettlerOptions;
  /** Deliveries whose settlement is out: a second one at the same time changes nothing. */
  readonly #out = new TurnoverMap<string, true>();

  constructor(consumer: Consumer, keys: QueueKeys, sender: Sender, options: SettlerOptions) {
    this.#consumer = consumer;
    this.#keys = keys;
    this.#sender = sender;
    this.#options = options;
  }

  /** One outcome for each. Never rejects. */
  async settle(settlements: readonly Settlement[]): Promise<readonly Outcome[]> {
    const begun = settlements.map(({ delivery }) => this.#begin(delivery));
    const held = settlements.filter((_, index) => begun[index]);
    const pieces = inPieces(held, mostAtOnce, charactersOf).map((piece) => this.#settlePiece(piece));
    const outcomes = (await Promise.all(pieces)).flat();
    for (const { delivery } of held) this.#out.delete(delivery.id);
    if (held.length === settlements.length) return outcomes;
    let next = 0;
    return begun.map((isBegun) => (isBegun ? (outcomes[next++] ?? "unknown") : "lost"));
  }

  #begin(delivery: Delivery): boolean {
    if (!this.#consumer.holds(delivery) || this.#out.has(delivery.id)) return false;
    this.#out.set(delivery.id, true);
    return true;
  }

  async #settlePiece(settlements: readonly Settlement[]): Promise<readonly Outcome[]> {
    const outcome = await this.#outcomeOf(settlements);
    return settlements.map(() => outcome);
  }

  async #outcomeOf(settlements: readonly Settlement[]): Promise<Outcome> {
    try {
      const sentElsewhere = await Promise.all(
        settlements.map((settlement) => this.#sendElsewhere(settlement)),
      );
      const { queue, arrived, returned, delayed, dead } = this.#keys;
      const reply = await this.#consumer.change(
        settle,
        [queue, arrived, returned, delayed, dead],
        this.#valuesOf(settlements),
      );
      if (reply === -1) {
        this.#consumer.lose();
        return "lost";
      }
      // Before it asked, the consumer may have found that it had lost its lease, and taken a new one that holds nothing.
      if (!settlements.every(({ delivery }) => this.#consumer.holds(delivery))) return "lost";
      for (const { delivery } of settlements) this.#consumer.forget(delivery);
      for (const forget of sentElsewhere) forget?.();
      if (Number(reply) > 0) this.#options.onDeadLetters(Number(reply));
      return "settled";
    } catch (error) {
      this.#options.onError(error as Error); // only YTaskErrors are thrown in here
      return "unknown";
    }
  }

  /** Messages for other queues are stored before the delivery is removed; the token keeps a second try from storing them twice. */
  #sendElsewhere(settlement: Settlement): Promise<() => void> | undefined {
    if (settlement.kind !== "replace") return undefined;
    const others = settlement.by.filter(({ queue }) => queue !== this.#keys.queue);
    if (others.length === 0) return undefined;
    return this.#sender.sendOnce(others, this.#consumer.tokenFor(settlement.delivery));
  }

  #valuesOf(settlements: readonly Settlement[]): (string | number)[] {
    const acks: string[] = [];
    const releases: string[] = [];
    const others: (string | number)[] = [];
    for (const settlement of settlements) {
      const token = settlement.delivery.id;
      if (settlement.kind === "ack") acks.push(token);
      else if (settlement.kind === "release") releases.push(token);
      else if (settlement.kind === "deadLetter")
        others.push(...letterValues(token, settlement.reason, settlement.error));
      else others.push(...this.#replacementValues(token, settlement.by));
    }
    releases.sort((one, other) => tokenNumber(one) - tokenNumber(other));
    const limit = this.#options.deadLetterLimit ?? "";
    return [acks.length, releases.length, limit, ...acks, ...releases, ...others];
  }

  #replacementValues(token: string, by: readonly Outgoing[]): (string | number)[] {
    const own = by.filter(({ queue }) => queue === this.#keys.queue);
    const values: (string | number)[] = ["r", token, own.length];
    for (const { body, front, delayMs } of own) values.push(Math.ceil(delayMs ?? 0), front ? "h" : "t", body);
    return values;
  }
}

const charactersOf = (settlement: Settlement): number => {
  if (settlement.kind === "replace") return settlement.by.reduce((sum, { body }) => sum + body.length, 0);
  return settlement.kind === "deadLetter" ? longestError : 0;
};

const letterValues = (token: string, reason: DeadLetterReason, error: string | undefined): string[] => [
  "d",
  token,
  reason,
  (error ?? "").slice(0, longestError),
];
