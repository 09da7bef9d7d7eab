import type { Outcome } from "../outcome.js";
import { formatNumber } from "./format.js";
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

/** The figures that say most, as ratios of the medians: those that were measured. */
export function comparisons({ contestants, measurements }: Outcome): Rows {
  const rows = all.flatMap(({ what, measurement, figure, label, ours, theirs }) => {
    const results = measurements[measurement]?.cases.find((each) => each.label === label)?.results;
    const [one, other] = [results?.[ours]?.[figure], results?.[theirs]?.[figure]];
    if (one === undefined || other === undefined) return [];
    const nameOf = (name: string) => contestants[name]?.name ?? name;
    const ratio = formatNumber(one.median / other.median);
    return [
      [what, nameOf(ours), formatNumber(one.median), nameOf(theirs), formatNumber(other.median), ratio],
    ];
  });
  return [["", "", "", "beside", "", "ratio"], ...rows];
}
