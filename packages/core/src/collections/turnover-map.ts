/** After so many additions, and as many as are held, a new Map is begun: few enough to hold no memory. */
const renewedAfter = 1_000;

/**
 * A Map for entries that come and go by the hundred thousand.
 *
 * A Map that is full moves to a new table, and the old one keeps a pointer to the new one, and its entries. Once such a
 * table is old, V8 takes all that came after it for alive until it collects the old generation too: every entry that was
 * ever in the Map is then copied, and copied again. A third of a server's time went there. So this begins a new Map now and
 * then, which no old table points to.
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

  /** Whether it was there. */
  delete(key: Key): boolean {
    return this.#map.delete(key);
  }

  clear(): void {
    this.#map = new Map();
    this.#added = 0;
  }

  /** In the order in which they were added. What is set while it is gone through may be left out. */
  keys(): IterableIterator<Key> {
    return this.#map.keys();
  }

  values(): IterableIterator<Value> {
    return this.#map.values();
  }
}
