import type { DeadLetterReason, Delivery, Logger, Outcome, Settlement } from "@ytask/core/driver";
import { mapPacked } from "@ytask/core/driver";
import { inPieces } from "@ytask-internal/redis-connection";
import type { Consumer } from "./consumer.js";
import { tokenNumber } from "./delivery-token.js";
import type { QueueKeys } from "./queue-keys.js";
import { settle } from "./scripts/settle.js";
import type { Sender } from "./sender.js";
import {
  charactersOf,
  giveBackValues,
  onlyDeadLetterValues,
  settleValues,
  type Value,
} from "./settle-values.js";
import type { StuckMessage } from "./unread-messages.js";

/** The most settlements of one call: what Lua can unpack. */
const mostAtOnce = 1_000;
/** After this many milliseconds no further call is begun; what is left is settled again. */
const mostMs = 2_000;

const whyLost = "it lost its last writes, and they run again, or their key was deleted";

export interface SettlerOptions {
  /** The most dead letters; beyond it the oldest are deleted. */
  readonly deadLetterLimit: number | undefined;
  /** Called with the number of dead letters after one was added. */
  readonly onDeadLetters: (count: number) => void;
  readonly onError: (error: Error) => void;
  readonly logger: Logger;
}

/** Settles deliveries of a consumer, in one call to Redis for all of them. */
export class Settler {
  readonly #consumer: Consumer;
  readonly #keys: QueueKeys;
  readonly #sender: Sender;
  readonly #options: SettlerOptions;
  /**
   * Deliveries for which a call that sent elsewhere was not answered: the call may still arrive, so Redis must know its
   * token.
   */
  readonly #doubtful = new WeakSet<Delivery>();

  constructor(consumer: Consumer, keys: QueueKeys, sender: Sender, options: SettlerOptions) {
    this.#consumer = consumer;
    this.#keys = keys;
    this.#sender = sender;
    this.#options = options;
  }

  /** One outcome for each of these, which are held. Never rejects. */
  async settle(settlements: readonly Settlement[]): Promise<readonly Outcome[]> {
    const outcomes = new Map<Settlement, Outcome>();
    const end = performance.now() + mostMs;
    // One after the other: Redis lets no other client in between calls that arrive together.
    for (const piece of piecesOf(settlements))
      if (performance.now() > end || !(await this.#settlePiece(piece, outcomes))) break;
    return mapPacked(settlements, (settlement) => outcomes.get(settlement) ?? "unknown");
  }

  /**
   * Makes a message that was not handed out a dead letter, because its body does not arrive in time. Rejects if it is
   * not known what happened.
   */
  async deadLetter({ token }: StuckMessage, reason: DeadLetterReason, error: string): Promise<void> {
    const reply = await this.#change(
      onlyDeadLetterValues(token, reason, error, this.#options.deadLetterLimit),
      [],
    );
    this.#consumer.unread.forget([token]);
    this.#noteLetters(reply);
  }

  /** Gives back messages that were not handed out. Rejects if it is not known what happened. */
  async giveBack(tokens: readonly string[]): Promise<void> {
    // The last first, since each call puts its own to the head.
    for (let end = tokens.length; end > 0; end -= mostAtOnce) {
      const some = tokens.slice(Math.max(0, end - mostAtOnce), end);
      await this.#change(giveBackValues(some), []);
      this.#consumer.unread.forget(some);
    }
  }

  /** Notes the outcome of each. Resolves to whether all are known. */
  async #settlePiece(
    settlements: readonly Settlement[],
    outcomes: Map<Settlement, Outcome>,
  ): Promise<boolean> {
    const note = (some: readonly Settlement[], outcome: Outcome): void => {
      for (const settlement of some) outcomes.set(settlement, outcome);
    };
    try {
      const missing = await this.#trySettling(settlements, note);
      if (missing.length === 0) return true;
      // Unknown at first, as for those that a failure leaves behind.
      note(missing, "unknown");
      await this.#restore(missing);
      this.#giveUp(await this.#trySettling(missing, note), note);
      return true;
    } catch (error) {
      for (const settlement of settlements)
        if (!outcomes.has(settlement)) outcomes.set(settlement, "unknown");
      this.#options.onError(error as Error); // only YTaskErrors are thrown in here
      return false;
    }
  }

  /** Resolves to those that Redis does not have any more, although nobody settled them and no other server has them. */
  async #trySettling(settlements: readonly Settlement[], note: Note): Promise<readonly Settlement[]> {
    const deliveries = mapPacked(settlements, ({ delivery }) => delivery);
    const isHeld = () => deliveries.every((delivery) => this.#consumer.holds(delivery));
    const leaving = settlements.filter((settlement) => this.#leadsElsewhere(settlement));
    // What is lost already runs elsewhere, and what follows from it is sent from there.
    if (leaving.length > 0) await this.#consumer.holdUnexpired();
    if (leaving.length > 0 && !isHeld()) {
      note(settlements, "lost");
      return [];
    }
    const forgets = await Promise.all(leaving.map((settlement) => this.#sendElsewhere(settlement)));
    const values = settleValues(settlements, this.#keys.queue, this.#options.deadLetterLimit);
    const reply = await this.#change(values, deliveries);
    // Meanwhile the consumer may have found that it had lost its lease, and taken a new one that holds nothing.
    if (reply === -1 || !isHeld()) {
      note(settlements, "lost");
      return [];
    }
    this.#noteLetters(reply);
    const missing = Array.isArray(reply) ? this.#missing(settlements, reply) : [];
    const isMissing = new Set(missing);
    const settled = missing.length === 0 ? settlements : settlements.filter((one) => !isMissing.has(one));
    leaving.forEach((settlement, index) => {
      if (!isMissing.has(settlement)) forgets[index]?.();
    });
    const whyMissing = ({ delivery }: Settlement) => this.#consumer.whyMissing(delivery);
    this.#giveUp(
      missing.filter((settlement) => whyMissing(settlement) === "unclear"),
      note,
    );
    for (const { delivery } of settled) this.#consumer.forget(delivery);
    note(settled, "settled");
    return missing.filter((settlement) => whyMissing(settlement) === "deleted");
  }

  /** Those that Redis did not have, although no earlier call settled them. */
  #missing(settlements: readonly Settlement[], reply: readonly unknown[]): readonly Settlement[] {
    const [, missingAcks, ...tokens] = reply as [number, number, ...string[]]; // what the script returns
    const isUnsettled = ({ delivery }: Settlement) => this.#consumer.whyMissing(delivery) !== "settled";
    // It is not known which acks were missing, and does not matter: they are done.
    if (missingAcks > 0 && settlements.filter(({ kind }) => kind === "ack").every(isUnsettled))
      this.#warn(`${missingAcks} messages before their tasks were done: ${whyLost}`);
    const set = new Set(tokens);
    return settlements.filter((settlement) => set.has(settlement.delivery.id) && isUnsettled(settlement));
  }

  /** Puts messages back that somebody deleted, so that they can be settled. */
  async #restore(settlements: readonly Settlement[]): Promise<void> {
    this.#warn(
      `${settlements.length} messages while their tasks ran; they were put back to be settled. See that nobody deletes its keys, and that maxmemory-policy is noeviction`,
    );
    const deliveries = mapPacked(settlements, ({ delivery }) => delivery);
    for (const piece of inPieces(deliveries, mostAtOnce, ({ body }) => body.length))
      await this.#consumer.restore(piece);
  }

  #giveUp(settlements: readonly Settlement[], note: Note): void {
    if (settlements.length === 0) return;
    this.#warn(`${settlements.length} messages while their tasks ran, which cannot be settled: ${whyLost}`);
    for (const { delivery } of settlements) this.#consumer.forget(delivery);
    note(settlements, "lost");
  }

  #warn(what: string): void {
    this.#options.logger.warn(`Redis lost ${what}`, { queue: this.#keys.queue });
  }

  #change(values: readonly Value[], deliveries: readonly Delivery[]): Promise<unknown> {
    const { queue, arrived, returned, delayed, dead } = this.#keys;
    return this.#consumer.change(settle, [queue, arrived, returned, delayed, dead], values, deliveries);
  }

  /** @param reply what the script returned */
  #noteLetters(reply: unknown): void {
    const letters = Number(Array.isArray(reply) ? reply[0] : reply);
    if (letters > 0) this.#options.onDeadLetters(letters);
  }

  #leadsElsewhere(settlement: Settlement): settlement is Replacement {
    return settlement.kind === "replace" && settlement.by.some(({ queue }) => queue !== this.#keys.queue);
  }

  /**
   * Messages for other queues are stored before the delivery is removed; the token keeps a second try from storing them
   * twice. Resolves to what forgets the token once the delivery is settled.
   */
  async #sendElsewhere({ by, delivery }: Replacement): Promise<(() => void) | undefined> {
    const others = by.filter(({ queue }) => queue !== this.#keys.queue);
    let forget: (() => void) | undefined;
    try {
      forget = await this.#sender.sendOnce(others, this.#consumer.tokenFor(delivery));
    } finally {
      if (forget === undefined) this.#doubtful.add(delivery);
    }
    return this.#doubtful.has(delivery) ? undefined : forget;
  }
}

type Replacement = Extract<Settlement, { readonly kind: "replace" }>;

/** Notes an outcome for each. */
type Note = (settlements: readonly Settlement[], outcome: Outcome) => void;

/** In the order of the calls: releases with the last first, since each call puts its own at the head. */
function piecesOf(settlements: readonly Settlement[]): readonly (readonly Settlement[])[] {
  const inCalls = (some: readonly Settlement[]) => inPieces(some, mostAtOnce, charactersOf);
  const releases = settlements.filter(({ kind }) => kind === "release");
  if (releases.length === 0) return inCalls(settlements);
  releases.sort((one, other) => tokenNumber(one.delivery.id) - tokenNumber(other.delivery.id));
  const others = settlements.filter(({ kind }) => kind !== "release");
  return [...inCalls(others), ...inCalls(releases).toReversed()];
}
