import { ErrorCode, YTaskError } from "@ytask/core/driver";
import { CallBrokeOff, type Connection } from "@ytask-internal/redis-connection";
import type { QueueKeys } from "./queue-keys.js";
import { renew } from "./scripts/renew.js";
import { takeOver } from "./scripts/take-over.js";

export interface LeaseEvents {
  /** Called when the server has accepted a new name, with the tokens of the messages that it holds under it. */
  readonly onTaken: (name: string, tokens: readonly string[]) => void;
  /** Called when the server had neither a lease nor messages: another server has them, or will have them. */
  readonly onLost: () => void;
}

/**
 * A consumer's lease on the messages that the server holds for it, under a name that changes.
 *
 * After a connection broke, it is not known what became of the pending calls. Redis may still run one of them later,
 * and may have lost its last writes. So the lease is first taken under a new name: a late call under the old name finds
 * no lease and changes nothing.
 */
export class Lease {
  readonly #connection: Connection;
  readonly #keys: QueueKeys;
  readonly #consumerId: string;
  readonly #leaseMs: number;
  readonly #events: LeaseEvents;
  #name = "";
  #names = 0;
  /** The last name that the server is known to have accepted. */
  #knownName: string | undefined;
  /** Names under which the server may know the consumer, or would again if it lost its last writes. */
  #possibleNames: readonly string[] = [];
  /** How often the connection had broken when the server last accepted a name; undefined if that is in doubt. */
  #sureAt: number | undefined;
  /** When the last call began that renewed it or took it, by `performance.now`. */
  #renewedAt = Number.NEGATIVE_INFINITY;
  #isEnded = false;
  #takingOver: Promise<void> | undefined;

  /** @param leaseMs how long the server keeps a lease that is not renewed, in milliseconds */
  constructor(
    connection: Connection,
    keys: QueueKeys,
    consumerId: string,
    leaseMs: number,
    events: LeaseEvents,
  ) {
    this.#connection = connection;
    this.#keys = keys;
    this.#consumerId = consumerId;
    this.#leaseMs = leaseMs;
    this.#events = events;
  }

  /** The consumer's name by now. A call that was made under another one is outdated. */
  get name(): string {
    return this.#name;
  }

  /**
   * Whether the server may know the consumer by a name. An older name, which Redis has again after it lost its last
   * writes, is treated like that of a dead server.
   */
  isOwn(name: string): boolean {
    return this.#possibleNames.includes(name);
  }

  /** Whether the server has the name, as far as is known. */
  get isSure(): boolean {
    return this.#sureAt === this.#connection.breaks;
  }

  /** Call it when the server did not find the lease under the present name. */
  doubt(): void {
    this.#sureAt = undefined;
  }

  /** Makes sure of the lease: after the start, if it was not found, and after the connection broke. */
  async hold(): Promise<void> {
    while (!this.isSure) {
      if (this.#isEnded) throw new YTaskError(ErrorCode.Closed, "the subscription was closed");
      this.#takingOver ??= this.#takeOver().finally(() => {
        this.#takingOver = undefined;
      });
      await this.#takingOver;
    }
  }

  /** Makes sure of the lease, as `hold` does, and also that it has not run out. */
  async holdUnexpired(): Promise<void> {
    await this.hold();
    if (performance.now() - this.#renewedAt >= this.#leaseMs) await this.renew();
  }

  async renew(): Promise<void> {
    await this.hold();
    const name = this.#name;
    const beganAt = performance.now();
    const reply = await this.#connection.use((client) =>
      renew.run(client, [this.#keys.leases, this.#keys.consumers], [name, this.#leaseMs]),
    );
    if (reply !== 0) this.#renewedAt = Math.max(this.#renewedAt, beganAt);
    if (reply !== 0 || name !== this.#name) return;
    this.doubt();
    await this.hold();
  }

  /** Call it when the lease was given back: it is not taken again. */
  ended(): void {
    this.#isEnded = true;
    this.doubt();
  }

  async #takeOver(): Promise<void> {
    const old = this.#possibleNames;
    const name = `${this.#consumerId}.${++this.#names}`;
    this.#name = name;
    this.#possibleNames = [...old, name];
    this.doubt();
    const { leases, consumers, consumerPrefix } = this.#keys;
    const hashes = [name, ...old].map((each) => consumerPrefix + each);
    let breaks: number | undefined;
    const beganAt = performance.now();
    const reply = await this.#connection
      .use((client) => {
        breaks = this.#connection.breaks;
        return takeOver.run(client, [leases, consumers, ...hashes], [this.#leaseMs, name, ...old]);
      })
      .catch((error: unknown) => {
        if (!(error instanceof CallBrokeOff)) this.#possibleNames = old;
        throw error;
      });
    if (reply === null) {
      this.#possibleNames = [];
      this.#knownName = undefined;
      this.#events.onLost();
      return;
    }
    this.#possibleNames = this.#knownName === undefined ? [name] : [this.#knownName, name];
    this.#knownName = name;
    this.#sureAt = breaks;
    this.#renewedAt = beganAt;
    this.#events.onTaken(name, reply as string[]); // what the script returns
  }
}
