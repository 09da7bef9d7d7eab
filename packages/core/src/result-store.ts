import type { Backend, Entry, Stored } from "./backend.js";
import { bounded } from "./bounded.js";
import type { Clock } from "./clock.js";
import type { DriverHold } from "./drivers.js";
import { ErrorCode, messageOf, YTaskError } from "./errors.js";
import type { Logger } from "./logger.js";

/** How long one call to a backend may take, and how long none is made after one failed. Their sum is below two seconds. */
const callBoundMs = 1_500;
const pauseMs = 400;

/**
 * A backend that can do no harm: every call is bounded, and after a failure none is made for a moment, so that a
 * backend that is down costs results and not the pace of the tasks. An outage is logged when it begins and ends.
 */
export class ResultStore {
  readonly #backend: Backend;
  readonly #hold: DriverHold;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #pausedUntil = 0;
  #isDown = false;

  constructor(backend: Backend, hold: DriverHold, clock: Clock, logger: Logger) {
    this.#backend = backend;
    this.#hold = hold;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** One outcome an entry; never rejects. */
  async set(entries: readonly Entry[]): Promise<readonly Stored[]> {
    if (this.#clock.now() < this.#pausedUntil)
      return this.#allFailed(entries, "is not reached at the moment");
    let outcomes: readonly Stored[];
    try {
      outcomes = await this.#call(() => this.#backend.set(entries));
    } catch (error) {
      this.#failed(error);
      return this.#allFailed(entries, messageOf(error), error);
    }
    // Single entries may fail for their own reasons; where each did for want of a connection, the backend is down.
    const cause = outcomes.every(isOutage) ? outcomes[0] : undefined;
    if (cause?.kind === "failed") this.#failed(cause.error);
    else this.#succeeded();
    return outcomes;
  }

  /** The values, or undefined where the backend cannot be read; never rejects. */
  async get(keys: readonly string[]): Promise<readonly (string | undefined)[] | undefined> {
    if (this.#clock.now() < this.#pausedUntil) return undefined;
    try {
      const values = await this.#call(() => this.#backend.get(keys));
      this.#succeeded();
      return values;
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  #call<T>(make: () => Promise<T>): Promise<T> {
    const call = this.#hold.isConnected ? make() : this.#hold.connect({ logger: this.#logger }).then(make);
    const giveUp = (): never => {
      throw new YTaskError(ErrorCode.Backend, `the backend did not answer within ${callBoundMs} ms`);
    };
    return bounded(call, callBoundMs, giveUp, this.#clock);
  }

  #failed(error: unknown): void {
    this.#pausedUntil = this.#clock.now() + pauseMs;
    if (this.#isDown) return;
    this.#isDown = true;
    this.#logger.error("the backend fails: tasks go on, their results are not stored until it is back", {
      error: messageOf(error),
    });
  }

  #succeeded(): void {
    if (!this.#isDown) return;
    this.#isDown = false;
    this.#logger.info("the backend is back: results are stored again");
  }

  #allFailed(entries: readonly Entry[], why: string, cause?: unknown): readonly Stored[] {
    const error = new YTaskError(ErrorCode.Backend, `the backend failed: ${why}`, { cause });
    return entries.map(() => ({ kind: "failed", error }));
  }
}

const isOutage = (stored: Stored): boolean =>
  stored.kind === "failed" && !YTaskError.isInstance(stored.error, ErrorCode.TooLarge);
