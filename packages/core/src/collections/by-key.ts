/** The items of one key, in order, and their places in the whole list. */
export class KeyedPart<Item> {
  readonly items: Item[] = [];
  readonly indices: number[] = [];

  constructor(readonly key: string) {}
}

/** A part for each key, in the order in which the keys first come. */
export function partsByKey<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): readonly KeyedPart<Item>[] {
  const parts = new Map<string, KeyedPart<Item>>();
  items.forEach((item, index) => {
    const key = keyOf(item);
    let part = parts.get(key);
    if (part === undefined) {
      part = new KeyedPart(key);
      parts.set(key, part);
    }
    part.items.push(item);
    part.indices.push(index);
  });
  return [...parts.values()];
}

/**
 * Runs the items of each key in a separate call, all calls at once. Resolves to one outcome for each item, in order.
 *
 * @param run one outcome for each of its items, in order
 */
export async function runByKey<Item, Out>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  run: (items: readonly Item[]) => Promise<readonly Out[]>,
): Promise<readonly Out[]> {
  const all = new Array<Out>(items.length);
  const runPart = async ({ items: own, indices }: KeyedPart<Item>): Promise<void> => {
    const outcomes = await run(own);
    indices.forEach((index, position) => {
      all[index] = outcomes[position] as Out;
    });
  };
  await Promise.all(partsByKey(items, keyOf).map(runPart));
  return all;
}
