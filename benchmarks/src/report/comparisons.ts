import type { Outcome } from "../outcome.js";
import { ratioOf } from "../statistics.js";
import { formatNumber, formatSummary } from "./format.js";
import type { Rows } from "./table.js";

interface Comparison {
  readonly what: string;
  readonly measurement: string;
  readonly figure: string;
  readonly label: string;
  readonly ours: string;
  readonly theirs: string;
}

const ofRedis = { ours: "ytask-redis", theirs: "bullmq" };
const run = { measurement: "throughput", figure: "rate" };

const all: readonly Comparison[] = [
  { what: "tasks a second, concurrency 100", ...run, label: "concurrency 100", ...ofRedis },
  { what: "tasks a second, concurrency 10", ...run, label: "concurrency 10", ...ofRedis },
  { what: "CPU a task, concurrency 100", ...run, figure: "cpu", label: "concurrency 100", ...ofRedis },
  {
    what: "sends a second, 100 in flight",
    measurement: "sends",
    figure: "rate",
    label: "100 in flight",
    ...ofRedis,
  },
  {
    what: "sends a second, 100 in flight",
    ...{ measurement: "sends", figure: "rate", label: "100 in flight" },
    ...{ ours: "ytask-redis-results", theirs: "bullmq" },
  },
  { what: "bulk sends a second", measurement: "bulk-sends", figure: "rate", label: "500 a call", ...ofRedis },
  {
    what: "Redis bytes a waiting task",
    measurement: "redis-memory",
    figure: "bytes",
    label: "a number",
    ...ofRedis,
  },
  {
    what: "tasks a second, concurrency 100",
    ...run,
    label: "concurrency 100",
    ours: "ytask-redis",
    theirs: "bare-redis",
  },
  {
    what: "sends a second, 100 in flight",
    ...{ measurement: "sends", figure: "rate", label: "100 in flight" },
    ...{ ours: "ytask-rabbitmq", theirs: "bare-rabbitmq" },
  },
  {
    what: "tasks a second, concurrency 100",
    ...run,
    label: "concurrency 100",
    ours: "ytask-rabbitmq",
    theirs: "bare-rabbitmq",
  },
];

/** The figures that say most, as ratios: the median of the rounds' own, with the least and the most. */
export function comparisons({ contestants, measurements }: Outcome): Rows {
  const rows = all.flatMap(({ what, measurement, figure, label, ours, theirs }) => {
    const results = measurements[measurement]?.cases.find((each) => each.label === label)?.results;
    const [one, other] = [results?.[ours]?.[figure], results?.[theirs]?.[figure]];
    if (one === undefined || other === undefined) return [];
    const nameOf = (name: string) => contestants[name]?.name ?? name;
    const medians = [
      nameOf(ours),
      formatNumber(one.median),
      nameOf(theirs),
      formatNumber(other.median),
    ] as const;
    return [[what, ...medians, formatSummary(ratioOf(one, other))]];
  });
  return [["", "", "median", "beside", "median", "ratio, round by round"], ...rows];
}
