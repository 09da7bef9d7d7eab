/** The value below which the given share of the values lies; 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** What the rounds of one figure came to. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** What each round came to, in their order. */
  readonly rounds: readonly number[];
}

export const summaryOf = (values: readonly number[]): Summary => ({
  rounds: values,
  median: quantile(values, 0.5),
  least: Math.min(...values),
  most: Math.max(...values),
});

/** The ratio of two figures, round by round: what slowed a round down slowed both, and says nothing. */
export const ratioOf = (one: Summary, other: Summary): Summary =>
  summaryOf(one.rounds.map((value, round) => value / (other.rounds[round] ?? Number.NaN)));
