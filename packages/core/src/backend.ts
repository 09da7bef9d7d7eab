import type { Capability, DriverEnvironment } from "./broker.js";

/** A value to be stored. `value` is opaque text to a driver, which may only ask `isFinished` about it. */
export interface Entry {
  /** The whole key, as `resultKey` and `abortKey` make it. */
  readonly key: string;
  readonly value: string;
  /** Seconds until it is gone; undefined keeps it forever. At least 1, and may be more than 30 days. */
  readonly expiresInSeconds?: number | undefined;
  /**
   * `present`: store it only if the key holds nothing, or nothing that has not expired. `finished`: only if the key
   * does not hold a value for which `isFinished` is true. The check and the write are one step, if the store can do
   * that.
   */
  readonly unless?: "present" | "finished" | undefined;
}

/** The outcome of an entry. `kept`: its `unless` held, and what was there stays. */
export type Stored =
  | { readonly kind: "stored" }
  | { readonly kind: "kept" }
  | { readonly kind: "failed"; readonly error: Error };

/** Ends a watch. A second call does nothing. */
export type Unwatch = () => Promise<void>;

export interface BackendCapabilities {
  /** `unless: "finished"` is checked and written in one step, whoever else writes. Default true. */
  readonly atomicUnlessFinished?: Capability | undefined;
}

/** Keeps results, statuses and abort flags. Losing one costs a result, never a task. Calls take batches and may overlap. */
export interface Backend {
  /** Before `connect`: what every server can do. After it: what the connected one can. */
  readonly capabilities?: BackendCapabilities | undefined;
  /** As `Broker.connect`. */
  connect(environment?: DriverEnvironment): Promise<void>;
  /**
   * One outcome for each entry, in order. Of two entries for one key the later stands, as if they were written one
   * after the other. The same holds for two calls: those for one key take effect in the order in which they were made.
   * Never rejects, and settles within a few seconds. A call that gave up must not write later on. With several servers,
   * fail the keys of one that is known to be down at once: after a slow failure core makes no call for 0.4 s.
   */
  set(entries: readonly Entry[]): Promise<readonly Stored[]>;
  /**
   * One value for each key, in order; undefined if there is none, or it has expired. Rejects with a YTaskError if one
   * of the keys cannot be read; core then reads each key by itself.
   */
  get(keys: readonly string[]): Promise<readonly (string | undefined)[]>;
  /**
   * Calls `onSet` when the key may have been set. A hint only: a call may be missing or too many. Core watches first,
   * then reads, and goes on polling. Resolves once a set that begins after that would be noticed.
   */
  watch?(key: string, onSet: () => void): Promise<Unwatch>;
  /** As `Broker.close`. */
  close(): Promise<void>;
}
