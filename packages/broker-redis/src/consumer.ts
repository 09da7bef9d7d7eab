import { randomBytes } from "node:crypto";
import { type Delivery, mapPacked, TurnoverMap } from "@ytask/core/driver";
import type { Connection, Script } from "@ytask-internal/redis-connection";
import { AnswerSize } from "./answer-size.js";
import { redeliveriesOf, tokenOf } from "./delivery-token.js";
import { Lease } from "./lease.js";
import type { QueueKeys } from "./queue-keys.js";
import { leave } from "./scripts/leave.js";
import { reserve } from "./scripts/reserve.js";
import { restore } from "./scripts/restore.js";
import { UnreadMessages } from "./unread-messages.js";

class RedisDelivery implements Delivery {
  /** A settle of it failed, but may have happened all the same. */
  mayBeSettled = false;
  /** The hash was deleted or evicted while the server held it. */
  wasDeleted = false;

  constructor(
    readonly id: string,
    readonly body: string,
    readonly redeliveries: number,
    /** The consumer's name under which the server was last known to hold it. */
    public heldUnder: string,
  ) {}
}

export interface ConsumerEvents {
  /** Called with deliveries that were handed out and no longer belong to this consumer. */
  readonly onLost: (deliveries: readonly Delivery[]) => void;
  /** Called when the server has messages for this consumer that it did not know of; `reserve` would hand them out. */
  readonly onFound: () => void;
}

/**
 * A server's hold on what it took from a queue: a lease, and a hash of the unsettled messages.
 *
 * When the lease is taken anew, the hash may hold messages that the consumer does not know of, because the answer of a
 * reserve was lost, or Redis lost a settle. They are read from the hash and handed out.
 */
export class Consumer {
  readonly #connection: Connection;
  readonly #keys: QueueKeys;
  readonly #leaseMs: number;
  readonly #events: ConsumerEvents;
  readonly #id = randomBytes(9).toString("base64url");
  readonly #held = new TurnoverMap<string, RedisDelivery>();
  readonly #answerSize: AnswerSize;
  /** What this consumer holds and has not handed out. */
  readonly unread: UnreadMessages;
  readonly #lease: Lease;
  #nextToken = 1;

  constructor(connection: Connection, keys: QueueKeys, leaseMs: number, events: ConsumerEvents) {
    this.#connection = connection;
    this.#keys = keys;
    this.#leaseMs = leaseMs;
    this.#events = events;
    this.#answerSize = new AnswerSize(connection);
    this.unread = new UnreadMessages(connection, this.#answerSize);
    this.#lease = new Lease(connection, keys, this.#id, leaseMs, {
      onTaken: (name, tokens) => this.#compare(name, tokens),
      onLost: () => this.#lose(),
    });
  }

  /** Whether the server may know this consumer by a name. */
  isOwn(name: string): boolean {
    return this.#lease.isOwn(name);
  }

  /** A token for what is sent in place of a delivery: the same on every try. */
  tokenFor(delivery: Delivery): string {
    return `${this.#id}.${delivery.id}`;
  }

  /** How many deliveries were handed out and are not settled. */
  get size(): number {
    return this.#held.size;
  }

  /** Whether a delivery was handed out and is not settled. */
  holds(delivery: Delivery): boolean {
    return this.#held.has(delivery.id);
  }

  /**
   * Why the server may not have a delivery that is held here. `settled`: an earlier settle of it failed, but happened
   * all the same. `deleted`: the hash was deleted or evicted. `unclear`: either that, or Redis lost its last writes and
   * the message is in the queue again.
   */
  whyMissing(delivery: Delivery): "settled" | "deleted" | "unclear" {
    const own = this.#held.get(delivery.id);
    if (own === undefined) return "unclear";
    if (own.mayBeSettled) return "settled";
    // It stays marked as deleted, although its message may be put back under another name.
    own.wasDeleted ||= own.heldUnder === this.#lease.name;
    return own.wasDeleted ? "deleted" : "unclear";
  }

  /** Takes up to `limit` messages. One call at a time. */
  async reserve(limit: number): Promise<readonly Delivery[]> {
    for (;;) {
      if (!this.#lease.isSure) await this.hold();
      const deliveries = await (this.unread.tokens.length > 0 ? this.#read(limit) : this.#reserve(limit));
      if (deliveries !== undefined) return deliveries;
    }
  }

  /**
   * Runs a script that changes what the consumer holds. The script gets leases and hash as its first keys, and the
   * consumer's name as its first value; it returns -1 if that name has no lease, and then must have done nothing.
   * Resolves to the script's reply, or to -1 if some of `deliveries` are lost; rejects if it is not known what
   * happened.
   *
   * @param deliveries the deliveries that the script settles
   */
  async change(
    script: Script,
    keys: readonly string[],
    values: readonly (string | number)[],
    deliveries: readonly Delivery[] = [],
  ): Promise<unknown> {
    return this.#change(deliveries, () =>
      this.#ask(script, keys, values).catch((error: unknown) => {
        for (const { id } of deliveries) {
          const own = this.#held.get(id);
          if (own !== undefined) own.mayBeSettled = true;
        }
        throw error;
      }),
    );
  }

  /** Puts deliveries back into the hash that the server lost. Rejects if it is not known whether that happened. */
  async restore(deliveries: readonly Delivery[]): Promise<void> {
    const values = deliveries.flatMap(({ id, body }) => [id, body]);
    await this.#change(deliveries, () => this.#ask(restore, [], values));
  }

  /** Call it for deliveries that are settled. */
  forget(delivery: Delivery): void {
    this.#held.delete(delivery.id);
  }

  /** Renews the lease. */
  renew(): Promise<void> {
    return this.#lease.renew();
  }

  /** Gives back what is held, and the lease. */
  async leave(): Promise<void> {
    const { consumers, consumerPrefix, queue, arrived, returned } = this.#keys;
    const leaving = `${this.#id}.leaving`;
    const keys = [consumers, consumerPrefix + leaving, queue, arrived, returned];
    // If the key of the leases was deleted, this makes a lease again, which can be given back.
    await this.renew();
    let left: unknown;
    do left = await this.change(leave, keys, [leaving, this.#leaseMs]);
    while (Number(left) > 0);
    this.#held.clear();
    this.unread.replace([]);
    this.#lease.ended();
  }

  /** Makes sure of the lease: after the start, if it was not found, and after the connection broke. */
  hold(): Promise<void> {
    return this.#lease.hold();
  }

  /** The same, and makes sure that the lease has not run out. */
  holdUnexpired(): Promise<void> {
    return this.#lease.holdUnexpired();
  }

  /** Another server has the messages, or will have them. */
  #lose(): void {
    const deliveries = [...this.#held.values()];
    this.#held.clear();
    this.unread.replace([]);
    if (deliveries.length > 0) this.#events.onLost(deliveries);
  }

  /** @param tokens the tokens that the server holds under the name */
  #compare(name: string, tokens: readonly string[]): void {
    const unread: string[] = [];
    for (const token of tokens) {
      const delivery = this.#held.get(token);
      if (delivery === undefined) unread.push(token);
      else {
        delivery.heldUnder = name;
        // The delivery is there, and a late call under the old name changes nothing.
        delivery.mayBeSettled = false;
        delivery.wasDeleted = false;
      }
    }
    this.unread.replace(unread);
    if (unread.length > 0) this.#events.onFound();
  }

  /** Undefined if it has to be done again: the name is outdated by now, or has no lease. */
  async #reserve(limit: number): Promise<readonly Delivery[] | undefined> {
    const first = this.#nextToken;
    // If the answer is lost, the next call must not use the same tokens.
    this.#nextToken += limit;
    const { returned, arrived, queue } = this.#keys;
    const name = this.#lease.name;
    const reply = await this.#answerSize.measured(() =>
      this.#ask(reserve, [returned, arrived, queue], [first, limit, this.#answerSize.bytes]),
    );
    if (name !== this.#lease.name) return undefined;
    if (reply === null) {
      this.#lease.doubt();
      return undefined;
    }
    const [counts, ...bodies] = reply as [string[], ...string[]]; // what the script returns
    this.#nextToken = first + bodies.length;
    return mapPacked(bodies, (body, index) => this.#keep(tokenOf(first + index, counts[index]), body));
  }

  /** Reads as many messages not yet handed out as fit into an answer. Undefined if it has to be done again. */
  async #read(limit: number): Promise<readonly Delivery[] | undefined> {
    const name = this.#lease.name;
    const messages = await this.unread.read(this.#keys.consumerPrefix + name, limit);
    if (name !== this.#lease.name) return undefined;
    this.unread.forget(messages.map(([token]) => token));
    const found = messages.flatMap(([token, body]) => (body === null ? [] : [this.#keep(token, body)]));
    return found.length > 0 ? found : undefined;
  }

  /**
   * Makes a call, and repeats it if there was no lease. If some of `deliveries` are lost then, it resolves to -1
   * instead.
   */
  async #change(deliveries: readonly Delivery[], call: () => Promise<unknown>): Promise<unknown> {
    for (;;) {
      if (!this.#lease.isSure) await this.hold();
      if (!deliveries.every((delivery) => this.holds(delivery))) return -1;
      const name = this.#lease.name;
      const reply = await call();
      if (reply !== -1) return reply;
      if (name === this.#lease.name) this.#lease.doubt();
    }
  }

  #ask(script: Script, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    const name = this.#lease.name;
    const all = [this.#keys.leases, this.#keys.consumerPrefix + name, ...keys];
    return this.#connection.use((client) => script.run(client, all, [name, ...values]));
  }

  #keep(token: string, body: string): Delivery {
    const delivery = new RedisDelivery(token, body, redeliveriesOf(token), this.#lease.name);
    this.#held.set(token, delivery);
    return delivery;
  }
}
