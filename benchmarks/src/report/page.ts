import type { MeasurementOutcome, Outcome } from "../outcome.js";
import { comparisons } from "./comparisons.js";
import { asMarkdown, figureRows } from "./table.js";

/** docs/benchmarks.md, from what a run found. */
export function page(outcome: Outcome): string {
  return [
    "# Benchmarks",
    introduction(outcome),
    "## Beside one another",
    asMarkdown(comparisons(outcome)),
    "## What runs",
    contestantTable(outcome),
    ...Object.entries(outcome.measurements).map(([name, measurement]) => section(outcome, name, measurement)),
    "",
  ].join("\n\n");
}

/** The file of a chart, in docs/benchmarks. */
export const chartFile = (measurement: string, figure: string): string => `${measurement}-${figure}.svg`;

function introduction({ machine, command }: Outcome): string {
  return [
    `Made by \`${command}\`, which starts a Redis and a RabbitMQ of its own, measures, and writes this page.`,
    "",
    `- Machine: ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}; everything on it: servers, ` +
      "senders, Redis, RabbitMQ.",
    `- Versions: Node ${machine.node}, Redis ${machine.redis}, RabbitMQ ${machine.rabbitmq}.`,
    `- Begun: ${machine.date}; each measurement says when it ended.`,
    "- Durability: Redis with `appendonly yes`, `appendfsync everysec`; RabbitMQ with persistent messages, confirmed.",
    "- Payload: a number and a text of 100 characters. A task returns the number.",
    "- Every contestant runs in a process of its own, which loads no other queue, with its defaults. In each round " +
      "they take turns, each begins one round; figures are the median of the rounds, with the least and the most in parentheses.",
    "- Every round checks that each task ran exactly once, and that each result is there.",
    "",
    "Absolute figures are this machine's, and of the hour: it is shared, and measurements that ended on different days are not to be compared with one another. What carries over are ratios within a measurement, and even those change with the number of cores.",
  ].join("\n");
}

function contestantTable({ contestants }: Outcome): string {
  const rows = Object.values(contestants).map(({ name, versions, guarantees, leftOut }) => [
    name,
    versions.join(", "),
    leftOut ?? guarantees,
  ]);
  return asMarkdown([["", "versions", "what is kept"], ...rows]);
}

function section(outcome: Outcome, name: string, measurement: MeasurementOutcome): string {
  const { title, about, figures, rounds, date, load, cases } = measurement;
  const failures = cases.flatMap(({ label, failures }) =>
    Object.entries(failures).map(([contestant, why]) => `${contestant}, ${label}: ${why.split("\n")[0]}`),
  );
  const parts = Object.entries(figures).map(([figure, { title: what, unit }]) =>
    [
      `![${title}: ${what}](benchmarks/${chartFile(name, figure)})`,
      `${what}${unit === "" ? "" : `, ${unit}`}:`,
      asMarkdown(figureRows(outcome, measurement, figure)),
    ].join("\n\n"),
  );
  const made = `${rounds} rounds, ended ${date}; load average ${load.map((value) => value.toFixed(1)).join(" before, ")} after.`;
  return [`## ${title}`, `${about} ${made}`, ...parts, ...failures.map((text) => `- failed: ${text}`)].join(
    "\n\n",
  );
}
