import type { Backend, Entry, Stored, Unwatch } from "../backend.js";
import { checkOptions, rules } from "../check-options.js";
import { type Clock, systemClock } from "../time/clock.js";
import { Link } from "./link.js";
import { MemoryValues } from "./memory-values.js";

export interface MemoryBackendOptions {
  /** Default the machine's clock. */
  readonly clock?: Clock | undefined;
}

const allowed = { clock: rules.methods("now", "elapsed", "after") };

/** Keeps results in this process's memory. They are gone when the process ends, but survive `close` and `connect`. */
export class MemoryBackend implements Backend {
  readonly capabilities = { atomicUnlessFinished: true };
  #values: MemoryValues;
  readonly #link = new Link("in-memory backend");

  /** @throws YTaskError `InvalidArgument` for an option that is unknown or not allowed */
  constructor(options: MemoryBackendOptions = {}) {
    checkOptions(options, allowed, "new MemoryBackend: options");
    this.#values = new MemoryValues(options.clock ?? systemClock);
  }

  /** Another backend on the same values, connected and closed independently: like that of another process. */
  sibling(): MemoryBackend {
    const sibling = new MemoryBackend();
    sibling.#values = this.#values;
    return sibling;
  }

  async connect(): Promise<void> {
    this.#link.open();
  }

  async set(entries: readonly Entry[]): Promise<readonly Stored[]> {
    const error = this.#link.failure();
    if (error !== undefined) return entries.map(() => ({ kind: "failed", error }));
    return entries.map((entry) => this.#values.set(entry));
  }

  async get(keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    this.#link.check();
    return keys.map((key) => this.#values.get(key));
  }

  async watch(key: string, onSet: () => void): Promise<Unwatch> {
    this.#link.check();
    const unwatch = this.#values.watch(key, onSet);
    return async () => unwatch();
  }

  async close(): Promise<void> {
    this.#link.close();
  }

  /** For tests: cuts the backend off, as a broken network does: every set fails, every get rejects with `Connection`. */
  disconnect(): void {
    this.#link.cut();
  }

  /** For tests: ends `disconnect`. */
  reconnect(): void {
    this.#link.mend();
  }
}
