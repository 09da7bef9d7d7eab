import { randomBytes } from "node:crypto";
import { type Delivery, ErrorCode, TurnoverMap, YTaskError } from "@ytask/core/driver";
import { CallBrokeOff, type Connection, type Script } from "@ytask-internal/redis-connection";
import { redeliveriesOf, tokenNumber, tokenOf } from "./delivery-token.js";
import type { QueueKeys } from "./queue-keys.js";
import { leave } from "./scripts/leave.js";
import { renew } from "./scripts/renew.js";
import { reserve } from "./scripts/reserve.js";
import { takeOver } from "./scripts/take-over.js";

/** How many bodies are read at once: each answer has to fit in its bound, however long they are. */
const adoptedAtOnce = 50;

class RedisDelivery implements Delivery {
  constructor(
    readonly id: string,
    readonly body: string,
    readonly redeliveries: number,
  ) {}
}

/**
 * A server's hold on what it took from a queue: a lease, and a hash of the unsettled messages.
 *
 * After a call that broke off it is not known whether Redis ran it, and Redis may still run it later. So the consumer
 * first takes a new name. A late call under the old name finds no lease and changes nothing. What the lost call reserved
 * is read from the hash.
 */
export class Consumer {
  readonly #connection: Connection;
  readonly #keys: QueueKeys;
  readonly #leaseMs: number;
  readonly #onLost: (deliveries: readonly Delivery[]) => void;
  readonly #id = randomBytes(9).toString("base64url");
  readonly #held = new TurnoverMap<string, Delivery>();
  /** Reserved by a call whose answer was lost, and not yet handed out. */
  #found: Delivery[] = [];
  #name = "";
  #names = 0;
  /** Names under which the server may know this consumer. */
  #possibleNames: string[] = [];
  #sure = false;
  #hasLeft = false;
  #takingOver: Promise<void> | undefined;
  #nextToken = 1;

  constructor(
    connection: Connection,
    keys: QueueKeys,
    leaseMs: number,
    onLost: (deliveries: readonly Delivery[]) => void,
  ) {
    this.#connection = connection;
    this.#keys = keys;
    this.#leaseMs = leaseMs;
    this.#onLost = onLost;
  }

  /** Whether this consumer has or had a name. */
  isOwn(name: string): boolean {
    return name.startsWith(`${this.#id}.`);
  }

  /** A token for what is sent in place of a delivery: the same at every try. */
  tokenFor(delivery: Delivery): string {
    return `${this.#id}.${delivery.id}`;
  }

  /** How many messages are held and not settled. */
  get size(): number {
    return this.#held.size;
  }

  /** Whether a delivery is held and not settled. */
  holds(delivery: Delivery): boolean {
    return this.#held.has(delivery.id);
  }

  /** Takes up to `limit` messages. One call at a time. */
  async reserve(limit: number): Promise<readonly Delivery[]> {
    await this.hold();
    if (this.#found.length > 0) return this.#found.splice(0, limit);
    const first = this.#nextToken;
    // Should the answer be lost, the next call must not use the same tokens.
    this.#nextToken += limit;
    const { returned, arrived, queue } = this.#keys;
    const answer = await this.#ask(reserve, [returned, arrived, queue], [first, limit]);
    if (!answer.current) {
      await this.hold();
      return this.#found.splice(0, limit);
    }
    if (answer.reply === null) {
      this.lose();
      return [];
    }
    const [counts, ...bodies] = answer.reply as [string[], ...string[]]; // what the script returns
    this.#nextToken = first + bodies.length;
    return bodies.map((body, index) => this.#keep(tokenOf(first + index, counts[index]), body));
  }

  /**
   * Runs a script that changes what the consumer holds: it gets leases and hash as its first keys, and the consumer's
   * name as its first value. Resolves to its reply; rejects where it is not known what happened.
   */
  async change(
    script: Script,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<unknown> {
    await this.hold();
    const { current, reply } = await this.#ask(script, keys, values);
    if (current || reply !== -1) return reply;
    throw new CallBrokeOff("the consumer took a new name while the call was out");
  }

  /** To be called for what is settled. */
  forget(delivery: Delivery): void {
    this.#held.delete(delivery.id);
  }

  /** To be called when a script found no lease: another server has the messages, or will have them. */
  lose(): void {
    for (const delivery of this.#found) this.#held.delete(delivery.id);
    const deliveries = [...this.#held.values()];
    this.#held.clear();
    this.#found = [];
    this.#possibleNames = [];
    this.#sure = false;
    if (deliveries.length > 0) this.#onLost(deliveries);
  }

  async renew(): Promise<void> {
    await this.hold();
    const name = this.#name;
    const reply = await this.#connection.use((client) =>
      renew.run(client, [this.#keys.leases], [name, this.#leaseMs]),
    );
    if (reply !== 0 || name !== this.#name) return;
    this.lose();
    await this.hold();
  }

  /** Gives back what is held, and the lease. */
  async leave(): Promise<void> {
    const { consumerPrefix, queue, arrived, returned } = this.#keys;
    const leaving = `${this.#id}.leaving`;
    const keys = [consumerPrefix + leaving, queue, arrived, returned];
    let left: unknown;
    do left = await this.change(leave, keys, [leaving]);
    while (Number(left) > 0);
    this.#held.clear();
    this.#sure = false;
    this.#hasLeft = true;
  }

  /** Makes sure of the lease: after the start, after it was lost, and after a call that broke off. */
  async hold(): Promise<void> {
    if (this.#sure) return;
    if (this.#hasLeft) throw new YTaskError(ErrorCode.Closed, "the subscription was closed");
    this.#takingOver ??= this.#takeOver().finally(() => {
      this.#takingOver = undefined;
    });
    await this.#takingOver;
  }

  async #takeOver(): Promise<void> {
    const old = this.#possibleNames;
    const name = `${this.#id}.${++this.#names}`;
    this.#name = name;
    this.#possibleNames = [...old, name];
    const hashes = [name, ...old].map((each) => this.#keys.consumerPrefix + each);
    const reply = await this.#connection
      .use((client) => takeOver.run(client, [this.#keys.leases, ...hashes], [this.#leaseMs, name, ...old]))
      .catch((error: unknown) => {
        if (!(error instanceof CallBrokeOff)) this.#possibleNames = old;
        throw error;
      });
    if (reply === null) this.lose();
    this.#possibleNames = [name];
    if (reply !== null) await this.#adopt(name, reply as string[]); // what the script returns
    this.#sure = true;
  }

  /** Takes note of messages that the server says are this consumer's, and that it does not know of. */
  async #adopt(name: string, tokens: readonly string[]): Promise<void> {
    const unknown = tokens.filter((token) => !this.#held.has(token));
    if (unknown.length === 0) return;
    unknown.sort((one, other) => tokenNumber(one) - tokenNumber(other));
    for (let from = 0; from < unknown.length; from += adoptedAtOnce) {
      const tokens = unknown.slice(from, from + adoptedAtOnce);
      const bodies = await this.#connection.use((client) =>
        client.hmget(this.#keys.consumerPrefix + name, ...tokens),
      );
      tokens.forEach((token, index) => {
        const body = bodies[index];
        if (typeof body === "string") this.#found.push(this.#keep(token, body));
      });
    }
  }

  async #ask(
    script: Script,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<{ readonly current: boolean; readonly reply: unknown }> {
    const name = this.#name;
    const all = [this.#keys.leases, this.#keys.consumerPrefix + name, ...keys];
    try {
      const reply = await this.#connection.use((client) => script.run(client, all, [name, ...values]));
      return { current: name === this.#name, reply };
    } catch (error) {
      if (error instanceof CallBrokeOff && name === this.#name) this.#sure = false;
      throw error;
    }
  }

  #keep(token: string, body: string): Delivery {
    const delivery = new RedisDelivery(token, body, redeliveriesOf(token));
    this.#held.set(token, delivery);
    return delivery;
  }
}
