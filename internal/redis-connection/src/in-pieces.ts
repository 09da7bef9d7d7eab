import { inPieces as inPiecesOf } from "@ytask/core/driver";

/** The most characters of one call: it should not hold up other clients, and has to be answered within its bound. */
const mostCharacters = 4_000_000;

/**
 * Items in their order, in pieces that each fit in one call to Redis.
 *
 * @param mostItems the most items of a piece
 */
export const inPieces = <Item>(
  items: readonly Item[],
  mostItems: number,
  charactersOf: (item: Item) => number,
): readonly (readonly Item[])[] => inPiecesOf(items, mostItems, mostCharacters, charactersOf);
