/**
 * Items in their order, in pieces that each fit in one call. An item that is larger than a piece may be has one of its
 * own.
 *
 * @param mostItems the most items of a piece
 * @param mostSize the most that the items of a piece may be together, in what `sizeOf` counts
 */
export function inPieces<Item>(
  items: readonly Item[],
  mostItems: number,
  mostSize: number,
  sizeOf: (item: Item) => number,
): readonly (readonly Item[])[] {
  const pieces: (readonly Item[])[] = [];
  let from = 0;
  let size = 0;
  items.forEach((item, index) => {
    const more = sizeOf(item);
    if (index > from && (index - from === mostItems || size + more > mostSize)) {
      pieces.push(items.slice(from, index));
      from = index;
      size = 0;
    }
    size += more;
  });
  if (from < items.length) pieces.push(items.slice(from));
  return pieces;
}
