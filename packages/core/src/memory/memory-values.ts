import type { Entry, Stored } from "../backend.js";
import { isFinished } from "../results/finished.js";
import type { Clock } from "../time/clock.js";

interface Value {
  text: string;
  /** Infinity for what stays. */
  expiresAtMs: number;
}

const stored: Stored = { kind: "stored" };
const kept: Stored = { kind: "kept" };
const sweptFrom = 1024;

const isKept = (text: string, unless: Entry["unless"]): boolean =>
  unless === "present" || (unless === "finished" && isFinished(text));

/** The values that backends share, and who watches them. */
export class MemoryValues {
  readonly #clock: Clock;
  readonly #values = new Map<string, Value>();
  readonly #watchers = new Map<string, Set<() => void>>();
  #sweepAtSize = sweptFrom;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many values are kept, including expired ones that are not yet freed. */
  get size(): number {
    return this.#values.size;
  }

  get(key: string): string | undefined {
    return this.#current(key)?.text;
  }

  set(entry: Entry): Stored {
    const current = this.#current(entry.key);
    if (current !== undefined && isKept(current.text, entry.unless)) return kept;
    const expiresAtMs =
      entry.expiresInSeconds === undefined ? Infinity : this.#clock.now() + entry.expiresInSeconds * 1000;
    if (current === undefined) this.#add(entry.key, { text: entry.value, expiresAtMs });
    else {
      current.text = entry.value;
      current.expiresAtMs = expiresAtMs;
    }
    if (this.#watchers.size > 0)
      for (const onSet of this.#watchers.get(entry.key) ?? []) queueMicrotask(onSet);
    return stored;
  }

  /** Calls `onSet` after each set of the key, until the function that it returns is called. */
  watch(key: string, onSet: () => void): () => void {
    // A separate function, so that one listener may watch twice.
    const watcher = () => onSet();
    const watchers = this.#watchers.get(key) ?? new Set();
    this.#watchers.set(key, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watchers.get(key) === watchers) this.#watchers.delete(key);
    };
  }

  /** What the key holds that has not expired. */
  #current(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value === undefined || value.expiresAtMs > this.#clock.now()) return value;
    this.#values.delete(key);
    return undefined;
  }

  #add(key: string, value: Value): void {
    this.#values.set(key, value);
    if (this.#values.size >= this.#sweepAtSize) this.#sweep();
  }

  /** Frees expired values that nobody read. Runs each time the values have doubled, so it costs a set next to nothing. */
  #sweep(): void {
    const nowMs = this.#clock.now();
    for (const [key, value] of this.#values) if (value.expiresAtMs <= nowMs) this.#values.delete(key);
    this.#sweepAtSize = Math.max(sweptFrom, 2 * this.#values.size);
  }
}
