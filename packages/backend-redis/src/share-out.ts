/** Gives each of several calls that were made as one its own outcomes: as many as it had items, in order. */
export function shareOut<Out>(
  calls: readonly (readonly unknown[])[],
  outcomes: readonly Out[],
): readonly (readonly Out[])[] {
  if (calls.length === 1) return [outcomes];
  let end = 0;
  return calls.map(({ length }) => {
    end += length;
    return outcomes.slice(end - length, end);
  });
}
