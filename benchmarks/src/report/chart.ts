import type { CaseOutcome, MeasurementOutcome, Outcome } from "../outcome.js";
import type { Summary } from "../statistics.js";
import { formatNumber } from "./format.js";

const width = 760;
const labelWidth = 170;
const valueWidth = 80;
const barHeight = 16;
const gap = 22;
/** Mid-tones that can be read on a white page and on a dark one. */
const colours: Readonly<Record<string, string>> = {
  "ytask-memory": "#8250df",
  "ytask-redis": "#1f6feb",
  "ytask-redis-results": "#54aeff",
  "ytask-rabbitmq": "#1f6feb",
  "ytask-rabbitmq-alone": "#54aeff",
  "ytask-rabbitmq-quorum": "#1f6feb",
  "bare-redis": "#8c959f",
  "bare-rabbitmq": "#8c959f",
  "bare-rabbitmq-quorum": "#8c959f",
  "bare-rabbitmq-quorum-results": "#8c959f",
};
const otherColour = "#d4a72c";
const textColour = "#6e7781";

/**
 * One figure of a measurement as horizontal bars, a group a case: the median, with a line from the least to the most
 * of the rounds. Each group has a scale of its own, since the rates of two cases can be a hundred times apart.
 */
export function barChart(outcome: Outcome, { cases, figures }: MeasurementOutcome, figure: string): string {
  const { title = figure, unit = "", better = "higher" } = figures[figure] ?? {};
  const parts: string[] = [];
  let y = 24;
  for (const each of cases) {
    const bars = barsOf(each, figure);
    if (bars.length === 0) continue;
    parts.push(text(0, y + 12, each.label, 'font-weight="bold"'));
    y += gap;
    const most = Math.max(...bars.map(({ summary }) => summary.most), Number.MIN_VALUE);
    for (const bar of bars) {
      parts.push(drawBar(outcome.contestants[bar.name]?.name ?? bar.name, bar, y, most));
      y += barHeight + 4;
    }
    y += gap / 2;
  }
  const heading = `${title}${unit === "" ? "" : `, ${unit}`} (${better} is better)`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" ` +
      `font-family="sans-serif" font-size="12" fill="${textColour}">`,
    `<title>${heading}</title>`,
    text(0, 14, heading),
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

interface Bar {
  readonly name: string;
  readonly summary: Summary;
}

const barsOf = ({ results }: CaseOutcome, figure: string): Bar[] =>
  Object.entries(results).flatMap(([name, summaries]) => {
    const summary = summaries[figure];
    return summary === undefined ? [] : [{ name, summary }];
  });

function drawBar(label: string, { name, summary }: Bar, y: number, most: number): string {
  const x = (value: number): string =>
    (labelWidth + (Math.max(0, value) / most) * (width - labelWidth - valueWidth)).toFixed(1);
  const length = (Number(x(summary.median)) - labelWidth).toFixed(1);
  const middle = y + barHeight / 2;
  return [
    text(labelWidth - 8, middle + 4, label, 'text-anchor="end"'),
    `<rect x="${labelWidth}" y="${y}" width="${length}" height="${barHeight}" fill="${colours[name] ?? otherColour}"/>`,
    `<path d="M${x(summary.least)} ${middle}H${x(summary.most)}" stroke="#24292f" stroke-width="1.5"/>`,
    text(Number(x(summary.most)) + 6, middle + 4, formatNumber(summary.median)),
  ].join("\n");
}

const text = (x: number, y: number, content: string, attributes = ""): string =>
  `<text x="${x}" y="${y}" ${attributes}>${content.replace(/&/g, "&amp;").replace(/</g, "&lt;")}</text>`;
