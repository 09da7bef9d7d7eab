const smallest = 16;
const keptWhenEmpty = 1024;

/** Adds and removes at both ends in constant time: a ring that doubles when it is full. */
export class Deque<T> {
  #ring: (T | undefined)[] = new Array(smallest);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The item that `popFront` would take. */
  get first(): T | undefined {
    return this.#ring[this.#head];
  }

  pushBack(item: T): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#length) & (this.#ring.length - 1)] = item;
    this.#length++;
  }

  pushFront(item: T): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#ring.length - 1);
    this.#ring[this.#head] = item;
    this.#length++;
  }

  popFront(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#length--;
    if (this.#length === 0 && this.#ring.length > keptWhenEmpty) this.#ring = new Array(smallest);
    if (this.#length === 0) this.#head = 0;
    return item;
  }

  #grow(): void {
    const items = [...this.#ring.slice(this.#head), ...this.#ring.slice(0, this.#head)];
    items.length *= 2;
    this.#ring = items;
    this.#head = 0;
  }
}
