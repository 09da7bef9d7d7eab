interface Node<T> {
  readonly dueMs: number;
  /** Keeps what is due in the same millisecond in the order it came. */
  readonly order: number;
  readonly item: T;
}

const isBefore = (one: Node<unknown>, other: Node<unknown>): boolean =>
  one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);

/** Items with the time at which they are due, the earliest first: a binary heap. */
export class DueHeap<T> {
  readonly #nodes: Node<T>[] = [];
  #lastOrder = 0;

  get length(): number {
    return this.#nodes.length;
  }

  /** When the earliest is due; undefined where there is none. */
  get nextDueMs(): number | undefined {
    return this.#nodes[0]?.dueMs;
  }

  add(dueMs: number, item: T): void {
    const node = { dueMs, order: ++this.#lastOrder, item };
    let at = this.#nodes.push(node) - 1;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = this.#nodes[parentAt];
      if (parent === undefined || !isBefore(node, parent)) break;
      this.#nodes[at] = parent;
      at = parentAt;
    }
    this.#nodes[at] = node;
  }

  /** Takes the earliest item if it is due at `nowMs`. */
  takeDue(nowMs: number): T | undefined {
    const first = this.#nodes[0];
    if (first === undefined || first.dueMs > nowMs) return undefined;
    const last = this.#nodes.pop();
    if (last !== undefined && last !== first) this.#sink(last);
    return first.item;
  }

  /** Lets `node` find its place from the top, which is free. */
  #sink(node: Node<T>): void {
    let at = 0;
    for (;;) {
      const child = this.#smallerChild(at);
      if (child === undefined || !isBefore(child.node, node)) break;
      this.#nodes[at] = child.node;
      at = child.at;
    }
    this.#nodes[at] = node;
  }

  #smallerChild(at: number): { readonly at: number; readonly node: Node<T> } | undefined {
    const left = this.#nodes[2 * at + 1];
    const right = this.#nodes[2 * at + 2];
    if (left === undefined) return undefined;
    if (right === undefined || isBefore(left, right)) return { at: 2 * at + 1, node: left };
    return { at: 2 * at + 2, node: right };
  }
}
