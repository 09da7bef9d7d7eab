/** The most characters of one call: a call should not hold up other clients, and has to be answered within its bound. */
const mostCharacters = 4_000_000;

/**
 * Items, in order, in pieces that each fit into one call to Redis.
 *
 * @param mostItems the most items of one piece
 */
export function inPieces<Item>(
  items: readonly Item[],
  mostItems: number,
  charactersOf: (item: Item) => number,
): readonly (readonly Item[])[] {
  const pieces: (readonly Item[])[] = [];
  let from = 0;
  let characters = 0;
  items.forEach((item, index) => {
    const more = charactersOf(item);
    if (index > from && (index - from === mostItems || characters + more > mostCharacters)) {
      pieces.push(items.slice(from, index));
      from = index;
      characters = 0;
    }
    characters += more;
  });
  if (from < items.length) pieces.push(items.slice(from));
  return pieces;
}
