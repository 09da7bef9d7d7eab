import type { CaseOutcome, MeasurementOutcome, Outcome } from "../outcome.js";
import { formatSummary } from "./format.js";

/** A table of text: its first row is the head. */
export type Rows = readonly (readonly string[])[];

/** One figure of a measurement: a row a contestant, a column a case. */
export function figureRows(outcome: Outcome, { cases }: MeasurementOutcome, figure: string): Rows {
  const names = Object.keys(outcome.contestants).filter((name) =>
    cases.some((each) => takesPart(each, name)),
  );
  const head = ["", ...cases.map(({ label }) => label)];
  const rows = names.map((name) => [
    outcome.contestants[name]?.name ?? name,
    ...cases.map((each) => cell(each, name, figure)),
  ]);
  return [head, ...rows];
}

const takesPart = ({ results, failures }: CaseOutcome, name: string): boolean =>
  results[name] !== undefined || failures[name] !== undefined;

function cell({ results, failures }: CaseOutcome, name: string, figure: string): string {
  if (failures[name] !== undefined) return "failed";
  const summary = results[name]?.[figure];
  return summary === undefined ? "–" : formatSummary(summary);
}

/** For a terminal. */
export function asText(rows: Rows): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) =>
        column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0),
      )
      .join("  ");
  return rows.map(line).join("\n");
}

export function asMarkdown([head = [], ...rows]: Rows): string {
  const rule = head.map((_, column) => (column === 0 ? "---" : "--:"));
  return [head, rule, ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
