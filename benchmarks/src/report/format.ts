import type { Summary } from "../statistics.js";

/** A number with as many digits as it has a meaning. */
export function formatNumber(value: number): string {
  if (value >= 10_000) return (Math.round(value / 100) * 100).toLocaleString("en");
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value.toLocaleString("en", { maximumFractionDigits: value >= 10 ? 1 : 2 });
}

/** The median, with the least and the most of the rounds behind it. */
export const formatSummary = ({ median, least, most }: Summary): string =>
  `${formatNumber(median)} (${formatNumber(least)}–${formatNumber(most)})`;
