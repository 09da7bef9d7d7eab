import type { Entry, Stored } from "../backend.js";
import type { Clock } from "../clock.js";
import { isFinished } from "../finished.js";

interface Value {
  readonly text: string;
  /** Infinity for what stays. */
  readonly expiresAtMs: number;
}

const stored: Stored = { kind: "stored" };
const kept: Stored = { kind: "kept" };
const sweptFrom = 1024;

/** The values that backends share, and who watches them. */
export class MemoryValues {
  readonly #clock: Clock;
  readonly #values = new Map<string, Value>();
  readonly #watchers = new Map<string, Set<() => void>>();
  #sweepAtSize = sweptFrom;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(key: string): string | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    if (value.expiresAtMs > this.#clock.now()) return value.text;
    this.#values.delete(key);
    return undefined;
  }

  set(entry: Entry): Stored {
    if (this.#isKept(entry)) return kept;
    const expiresAtMs =
      entry.expiresInSeconds === undefined ? Infinity : this.#clock.now() + entry.expiresInSeconds * 1000;
    this.#values.set(entry.key, { text: entry.value, expiresAtMs });
    if (this.#values.size >= this.#sweepAtSize) this.#sweep();
    if (this.#watchers.size > 0)
      for (const onSet of this.#watchers.get(entry.key) ?? []) queueMicrotask(onSet);
    return stored;
  }

  /** Calls `onSet` after each set of the key, until the function that it returns is called. */
  watch(key: string, onSet: () => void): () => void {
    // A function of its own, so that one listener may watch twice.
    const watcher = () => onSet();
    const watchers = this.#watchers.get(key) ?? new Set();
    this.#watchers.set(key, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watchers.get(key) === watchers) this.#watchers.delete(key);
    };
  }

  #isKept(entry: Entry): boolean {
    if (entry.unless === undefined) return false;
    const current = this.get(entry.key);
    return current !== undefined && (entry.unless === "present" || isFinished(current));
  }

  /** Frees what expired and nobody read: each time the values have doubled, so it costs a set next to nothing. */
  #sweep(): void {
    const nowMs = this.#clock.now();
    for (const [key, value] of this.#values) if (value.expiresAtMs <= nowMs) this.#values.delete(key);
    this.#sweepAtSize = Math.max(sweptFrom, 2 * this.#values.size);
  }
}
