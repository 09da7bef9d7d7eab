/** A new Map is begun after this many additions, plus one for each entry held: few enough not to hold much memory. */
const renewedAfter = 1_000;

/**
 * A Map for entries that come and go by the hundred thousand.
 *
 * A Map that is full moves to a new table. The old table keeps its entries, and a pointer to the new one. Once an old
 * table has been promoted to the old generation, V8 treats everything that came after it as alive until it collects
 * that generation too: every entry that was ever in the Map is copied again and again. A third of a server's time went
 * into that. So this class begins a new Map now and then, which no old table points to.
 */
export class TurnoverMap<Key, Value> {
  #map = new Map<Key, Value>();
  #added = 0;

  get size(): number {
    return this.#map.size;
  }

  has(key: Key): boolean {
    return this.#map.has(key);
  }

  get(key: Key): Value | undefined {
    return this.#map.get(key);
  }

  set(key: Key, value: Value): void {
    if (++this.#added > renewedAfter + this.#map.size) {
      this.#map = new Map(this.#map);
      this.#added = 0;
    }
    this.#map.set(key, value);
  }

  /** Deletes an entry. Returns whether it was there. */
  delete(key: Key): boolean {
    return this.#map.delete(key);
  }

  clear(): void {
    this.#map = new Map();
    this.#added = 0;
  }

  /** In the order in which they were added. Keys that are set during the iteration may be left out. */
  keys(): IterableIterator<Key> {
    return this.#map.keys();
  }

  values(): IterableIterator<Value> {
    return this.#map.values();
  }
}
