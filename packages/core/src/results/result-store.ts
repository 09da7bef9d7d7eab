import type { Backend, Entry, Stored } from "../backend.js";
import type { DriverHold } from "../driver-hold.js";
import { ErrorCode, messageOf, YTaskError } from "../errors.js";
import type { Logger } from "../log/logger.js";
import type { Clock } from "../time/clock.js";
import { callBackend, type HeldBackend } from "./call-backend.js";
import { readKeys } from "./read-keys.js";

/**
 * How long one call to a backend may take, and for how long no call is made after one has failed. Their sum is below
 * two seconds.
 */
const callBoundMs = 1_500;
const pauseMs = 400;

/**
 * A call that fails sooner than this is quick, and no call is skipped after it: a server that is up may hold the next
 * key. The limit is far above the time that a server that is down takes to refuse, because a busy event loop makes any
 * call look slow.
 */
const slowMs = 500;

/**
 * An outage is over once no call has failed for this long. While one of several servers is down, some calls fail and
 * some succeed.
 */
const calmMs = 5_000;

/**
 * Keeps a backend from slowing tasks down. Every call is bounded. After a call that was slow to fail, no call is made
 * for 0.4 s, so a backend that is down costs results but not the pace of the tasks. A driver with several servers fails
 * the keys of one that is down at once, so the others go on. An outage is logged when it begins and when it ends.
 */
export class ResultStore {
  readonly #source: HeldBackend;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onOutage: (error: unknown) => void;
  #pausedUntil = 0;
  #lastFailure = 0;
  #isDown = false;

  /** @param onOutage called with what failed when an outage begins */
  constructor(
    backend: Backend,
    hold: DriverHold,
    clock: Clock,
    logger: Logger,
    onOutage: (error: unknown) => void = () => undefined,
  ) {
    this.#source = { backend, hold, clock, logger, boundMs: callBoundMs };
    this.#clock = clock;
    this.#logger = logger;
    this.#onOutage = onOutage;
  }

  /** One outcome for each entry; never rejects. */
  async set(entries: readonly Entry[]): Promise<readonly Stored[]> {
    if (this.#clock.elapsed() < this.#pausedUntil)
      return this.#allFailed(entries, "is not reached at the moment");
    const began = this.#clock.elapsed();
    let outcomes: readonly Stored[];
    try {
      outcomes = await callBackend(this.#source, (backend) => backend.set(entries));
    } catch (error) {
      this.#failed(error, began);
      return this.#allFailed(entries, messageOf(error), error);
    }
    // Single entries may fail for their own reasons. If all failed with an outage, the backend is down.
    const cause = outcomes.every(isOutage) ? outcomes[0] : undefined;
    if (cause?.kind === "failed") this.#failed(cause.error, began);
    else this.#succeeded();
    return outcomes;
  }

  /**
   * The value of each key; undefined if there is none or it cannot be read. Resolves to undefined if no key can be
   * read. Never rejects.
   */
  async get(keys: readonly string[]): Promise<readonly (string | undefined)[] | undefined> {
    const began = this.#clock.elapsed();
    if (began < this.#pausedUntil) return undefined;
    const readings = await readKeys(this.#source, keys);
    const [first] = readings;
    if (first?.status === "rejected" && readings.every(({ status }) => status === "rejected")) {
      this.#failed(first.reason, began);
      return undefined;
    }
    this.#succeeded();
    return readings.map((reading) => (reading.status === "fulfilled" ? reading.value : undefined));
  }

  #failed(error: unknown, began: number): void {
    const now = this.#clock.elapsed();
    this.#lastFailure = now;
    // Without a connection each task would try to connect, which takes time however soon it fails.
    if (now - began >= slowMs || !this.#source.hold.isConnected) this.#pausedUntil = now + pauseMs;
    if (this.#isDown) return;
    this.#isDown = true;
    this.#logger.error("the backend fails: tasks go on, their results are not stored until it is back", {
      error: messageOf(error),
    });
    this.#onOutage(error);
  }

  #succeeded(): void {
    if (!this.#isDown || this.#clock.elapsed() < this.#lastFailure + calmMs) return;
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
