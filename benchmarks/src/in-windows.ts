/** Does something for each item, a thousand at a time; the outcomes in the order of the items. */
export async function inWindows<In, Out>(
  items: readonly In[],
  each: (item: In) => Promise<Out>,
  window = 1_000,
): Promise<Out[]> {
  const outcomes: Out[] = [];
  for (let from = 0; from < items.length; from += window)
    outcomes.push(...(await Promise.all(items.slice(from, from + window).map(each))));
  return outcomes;
}
