import type { Outcome, Refused, Settlement } from "@ytask/core/driver";
import type { Channel, ConsumeMessage } from "amqplib";
import type { Link } from "../connection/link.js";
import type { QueueType } from "../options.js";
import type { QueueSpec } from "../queues/names.js";
import { overflowQueue } from "../queues/queues-beside.js";
import { deadLetter, outgoing } from "../send/addressing.js";
import type { Addressed, Failed, Sender, Sent } from "../send/sender.js";
import { Barrier } from "./barrier.js";
import { homeward, mustBeSentAgain } from "./deliveries.js";
import { DeliveryChannel } from "./delivery-channel.js";
import type { Inbox } from "./inbox.js";
import { LateConfirms } from "./late-confirms.js";

export interface SettlerOptions {
  /** The queue's name as core knows it. */
  readonly name: string;
  readonly queue: QueueSpec;
  readonly queueType: QueueType;
  readonly inbox: Inbox;
  readonly link: Link;
  readonly sender: Sender;
  readonly maxUnsettled: number;
  /** How long the server may take to answer, in milliseconds. */
  readonly commandTimeoutMs: number;
  onError(error: Error): void;
}

/** How long acks may be on their way, in milliseconds: much longer than they really are. */
const latelyMs = 1_000;

/** What became of the messages that a settlement sends. */
type Became = "nothing" | "stored" | "failed" | Refused;

/** Settles deliveries: the messages that a settlement sends are confirmed before the delivery is removed. */
export class Settler {
  readonly #options: SettlerOptions;
  readonly #barriers = new WeakMap<Channel, Barrier>();
  readonly #lateConfirms = new LateConfirms();
  #lately = { since: 0, count: 0 };

  constructor(options: SettlerOptions) {
    this.#options = options;
  }

  /** One outcome for each settlement of a held delivery, in order. Never rejects. */
  async settle(settlements: readonly Settlement[]): Promise<readonly Outcome[]> {
    const sent = await this.#send(settlements);
    this.#options.link.holdWrites();
    const removals = new Map<DeliveryChannel, ConsumeMessage[]>();
    const written = settlements.map((settlement, index) => {
      const became = sent[index];
      if (typeof became === "object") return became;
      return became === "failed" ? "unknown" : this.#letGo(settlement, became === "stored", removals);
    });
    const outcomes = new Map<DeliveryChannel, Outcome>();
    for (const [channel, messages] of removals)
      outcomes.set(channel, channel.remove(messages) ? "unknown" : "lost");
    for (const [channel, outcome] of outcomes)
      if (outcome !== "lost" && (await this.#isTaken(channel.channel))) outcomes.set(channel, "settled");
    return written.map((outcome) =>
      outcome instanceof DeliveryChannel ? (outcomes.get(outcome) ?? "unknown") : outcome,
    );
  }

  /**
   * Whether many deliveries were acked in the last moment. RabbitMQ's client of a quorum queue stashes acks when more
   * than 32 are on their way, and forgets the stash when the channel closes.
   */
  get hasAckedManyLately(): boolean {
    return this.#lately.count > 16 && performance.now() - this.#lately.since < 2 * latelyMs;
  }

  /** For each settlement, what became of the messages that it sends. */
  async #send(settlements: readonly Settlement[]): Promise<readonly Became[]> {
    const isLate = (settlement: Settlement) => this.#lateConfirms.has(settlement);
    if (!settlements.some(isLate)) return this.#sendNow(settlements);
    const became = new Map<Settlement, Became>();
    const sendOthers = async () => {
      const others = settlements.filter((settlement) => !isLate(settlement));
      const sent = await this.#sendNow(others);
      for (const [index, settlement] of others.entries()) became.set(settlement, sent[index] ?? "failed");
    };
    const waitFor = async (settlement: Settlement) => {
      const sent = await this.#lateConfirms.outcome(settlement, this.#options.commandTimeoutMs);
      became.set(settlement, sent === undefined ? "failed" : becameOf(sent, settlement.kind === "replace"));
    };
    await Promise.all([sendOthers(), ...settlements.filter(isLate).map(waitFor)]);
    return settlements.map((settlement) => became.get(settlement) ?? "failed");
  }

  async #sendNow(settlements: readonly Settlement[]): Promise<readonly Became[]> {
    const lists = settlements.map((settlement) => this.#messagesFor(settlement));
    const all = lists.flat();
    const sent = all.length === 0 ? [] : await this.#options.sender.send(all);
    const failed = sent.find((outcome) => outcome.kind !== "stored");
    if (failed !== undefined) this.#options.onError(failed.error);
    let next = 0;
    return lists.map(({ length }, index) => {
      const settlement = settlements[index] as Settlement;
      const mine = sent.slice(next, next + length);
      next += length;
      if (failed !== undefined) this.#lateConfirms.note(settlement, mine);
      return becameOf(mine, settlement.kind === "replace");
    });
  }

  /**
   * What has to be stored before the delivery may go; nothing for one that is no longer held. It does not wait for room in
   * a queue that is full: the tasks that wait would be those whose end makes room in this one, as where the steps of
   * workflows lead from one full queue into the other. Nor does a dead letter.
   */
  #messagesFor(settlement: Settlement): readonly Addressed[] {
    const { name, queue, queueType, inbox } = this.#options;
    const held = inbox.out(settlement.delivery.id);
    if (held === undefined) return [];
    switch (settlement.kind) {
      case "replace":
        return settlement.by.map((message) => {
          const sent = outgoing(message, queueType);
          return { ...sent, overflow: (message.delayMs ?? 0) > 0 ? undefined : overflowQueue(sent.to) };
        });
      case "deadLetter": {
        const { reason, error } = settlement;
        const letter = deadLetter(name, queueType, held.message.content, reason, error);
        return [{ ...letter, overflow: overflowQueue(letter.to) }];
      }
      case "release":
        return mustBeSentAgain(held) ? [homeward(held.message, queue, held.delivery.redeliveries)] : [];
      case "ack":
        return [];
    }
  }

  /**
   * Gives a delivery back, or adds it to `removals`. Returns the channel on which the server is told, or the outcome if
   * the server need not be told.
   */
  #letGo(
    settlement: Settlement,
    isSent: boolean,
    removals: Map<DeliveryChannel, ConsumeMessage[]>,
  ): DeliveryChannel | Outcome {
    const { inbox } = this.#options;
    const held = inbox.out(settlement.delivery.id);
    if (held === undefined) return "lost";
    // While others were sent, the message was moved or its queue deleted: when it is released again, it must be sent
    // too.
    if (settlement.kind === "release" && !isSent && mustBeSentAgain(held)) return "unknown";
    inbox.settled(held);
    if (held.orphaned) return "settled";
    const { channel, message } = held;
    if (performance.now() - this.#lately.since > latelyMs)
      this.#lately = { since: performance.now(), count: 0 };
    this.#lately.count++;
    const ofChannel = removals.get(channel) ?? [];
    removals.set(channel, ofChannel);
    if (settlement.kind === "release" && !mustBeSentAgain(held)) channel.giveBack(held);
    else ofChannel.push(message);
    return channel;
  }

  /** Whether the server has received what was written to a channel. */
  #isTaken(channel: Channel): Promise<boolean> {
    let barrier = this.#barriers.get(channel);
    if (barrier === undefined) {
      barrier = new Barrier(channel, this.#options.maxUnsettled);
      this.#barriers.set(channel, barrier);
    }
    return barrier.pass(this.#options.commandTimeoutMs);
  }
}

const isFinal = (outcome: Sent): outcome is Failed => outcome.kind !== "stored" && outcome.isFinal === true;

/** @param mayBeRefused whether core puts something else in place of a message that can never be sent */
function becameOf(outcomes: readonly Sent[], mayBeRefused: boolean): Became {
  if (outcomes.length === 0) return "nothing";
  const refusal = mayBeRefused ? outcomes.find(isFinal) : undefined;
  if (refusal !== undefined) return { kind: "refused", error: refusal.error };
  return outcomes.every(({ kind }) => kind === "stored") ? "stored" : "failed";
}
