import { randomBytes } from "node:crypto";
import { ErrorCode, YTaskError } from "@ytask/core/driver";
import type { Connection } from "@ytask-internal/redis-connection";
import { Loop } from "./loop.js";
import type { QueueKeys } from "./queue-keys.js";
import { expired } from "./scripts/expired.js";
import { recover } from "./scripts/recover.js";

const restMs = 500;
/** After an outage every lease looks expired. This is how long the others have to come back and renew theirs. */
const secondLookMs = 3_000;
/** If Redis' clock gained more than this on ours, it was set forward. */
const clockStepMs = 1_000;
/** Longer than a call of a recovery takes. If no further call follows in that time, others go on with the recovery. */
const recoveryLeaseMs = 5_000;

export interface ReaperOptions {
  /** Whether a consumer is this server's own. */
  readonly isOwn: (consumer: string) => boolean;
  readonly leaseMs: number;
  /** Called with the number of messages that were returned. */
  readonly onRecovered: (count: number) => void;
  /** Called when Redis' clock was set forward, so that leases look expired that are not. */
  readonly onClockStep: () => void;
  readonly onError: (error: Error) => void;
}

interface Sighting {
  readonly ends: string;
  readonly at: number;
  readonly breaks: number;
}

/**
 * Returns the messages of consumers whose lease has run out: at the second look, if the connection did not break in
 * between.
 */
export class Reaper {
  readonly #connection: Connection;
  readonly #keys: QueueKeys;
  readonly #options: ReaperOptions;
  readonly #loop: Loop;
  #seen = new Map<string, Sighting>();
  /** The last error reported for each consumer whose messages cannot be returned. */
  #reported = new Map<string, string>();
  /** Redis' time at the last look, and ours before we asked. */
  #clocks: { readonly redis: number; readonly own: number } | undefined;
  /** Until then, nobody is taken for gone; by `performance.now()`. */
  #patientUntil = 0;

  constructor(connection: Connection, keys: QueueKeys, options: ReaperOptions) {
    this.#connection = connection;
    this.#keys = keys;
    this.#options = options;
    this.#loop = new Loop(() => this.#look(), options.onError);
    this.#loop.hurry();
  }

  stop(): void {
    this.#loop.stop();
  }

  async #look(): Promise<number> {
    const breaks = this.#connection.breaks;
    const own = performance.now();
    const { leases, consumers, consumerPrefix } = this.#keys;
    const reply = await this.#connection.use((client) =>
      expired.run(client, [leases, consumers], [consumerPrefix]),
    );
    const [redis, ...list] = reply as [number, ...string[]]; // what the script returns
    this.#compareClocks(redis, own);
    const seen = new Map<string, Sighting>();
    const reported = new Map<string, string>();
    for (let index = 0; index < list.length; index += 2) {
      const [consumer = "", ends = ""] = list.slice(index, index + 2);
      if (this.#options.isOwn(consumer)) continue;
      const before = this.#seen.get(consumer);
      const same = before !== undefined && before.ends === ends && before.breaks === breaks;
      const sighting = same ? before : { ends, at: performance.now(), breaks };
      const told = this.#reported.get(consumer);
      if (told !== undefined) reported.set(consumer, told);
      if (performance.now() < Math.max(sighting.at + secondLookMs, this.#patientUntil)) {
        seen.set(consumer, sighting);
        continue;
      }
      const problem = await this.#recover(consumer, ends);
      if (problem !== undefined) reported.set(consumer, problem);
    }
    this.#seen = seen;
    this.#reported = reported;
    return restMs;
  }

  /**
   * If Redis' clock was set forward, the leases of live servers look expired too. Each server renews its own as soon as
   * it notices. It gets the time of a lease for that, since its event loop may be blocked for that long.
   */
  #compareClocks(redis: number, own: number): void {
    const last = this.#clocks;
    this.#clocks = { redis, own };
    if (last === undefined || redis - last.redis <= performance.now() - last.own + clockStepMs) return;
    this.#seen.clear();
    this.#patientUntil = performance.now() + this.#options.leaseMs;
    this.#options.onClockStep();
  }

  /** Resolves to the error that was reported, if this consumer's messages cannot be returned. */
  async #recover(consumer: string, ends: string): Promise<string | undefined> {
    try {
      await this.#returnAll(consumer, ends);
      return undefined;
    } catch (thrown) {
      const error = thrown as YTaskError; // `Connection.use` throws nothing else
      if (error.code === ErrorCode.Connection || error.code === ErrorCode.Closed) throw error;
      const message = `what ${this.#keys.consumerPrefix}${consumer} holds cannot be returned: ${error.message}`;
      if (message !== this.#reported.get(consumer))
        this.#options.onError(new YTaskError(error.code, message, { cause: error }));
      return message;
    }
  }

  async #returnAll(consumer: string, ends: string): Promise<void> {
    const { leases, consumers, consumerPrefix, returned } = this.#keys;
    const caller = `${randomBytes(9).toString("base64url")}.recovery`;
    const keys = [leases, consumers, consumerPrefix + consumer, consumerPrefix + caller, returned];
    const move = async (seen: string): Promise<readonly [count: number, left: number]> => {
      const values = [consumer, seen, caller, recoveryLeaseMs];
      const reply = await this.#connection.use((client) => recover.run(client, keys, values));
      return (reply as [number, number] | null) ?? [0, 0]; // what the script returns
    };
    let total = 0;
    try {
      let [count, left] = await move(ends);
      total = count;
      while (left > 0) {
        [count, left] = await move("");
        total += count;
      }
    } finally {
      if (total > 0) this.#options.onRecovered(total);
    }
  }
}
