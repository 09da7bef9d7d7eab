/** Items of one key, in their order, and where they are in the whole list. */
export class Part<Item> {
  readonly items: Item[] = [];
  readonly indices: number[] = [];
}

/** A part for each key. */
export function partsByKey<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): readonly Part<Item>[] {
  const parts = new Map<string, Part<Item>>();
  items.forEach((item, index) => {
    const key = keyOf(item);
    let part = parts.get(key);
    if (part === undefined) {
      part = new Part();
      parts.set(key, part);
    }
    part.items.push(item);
    part.indices.push(index);
  });
  return [...parts.values()];
}
