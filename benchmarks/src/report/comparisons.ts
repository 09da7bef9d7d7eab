import type { Outcome } from "../outcome.js";
import { ratioOf } from "../statistics.js";
import { formatNumber, formatSummary } from "./format.js";
import type { Rows } from "./table.js";

/** What says most: measurement, figure, case, and the two contestants, ours first. */
const all = [
  ["throughput", "rate", "concurrency 100", "ytask-redis", "bullmq"],
  ["throughput", "rate", "concurrency 100", "ytask-redis-results", "bullmq"],
  ["throughput", "rate", "concurrency 10", "ytask-redis", "bullmq"],
  ["throughput", "rate", "concurrency 10", "ytask-redis-results", "bullmq"],
  ["throughput", "cpu", "concurrency 100", "ytask-redis", "bullmq"],
  ["throughput", "cpu", "concurrency 100", "ytask-redis-results", "bullmq"],
  ["throughput", "rate", "concurrency 100", "ytask-redis", "bare-redis"],
  ["sends", "rate", "100 in flight", "ytask-redis", "bullmq"],
  ["sends", "rate", "100 in flight", "ytask-redis-results", "bullmq"],
  ["bulk-sends", "rate", "500 a call", "ytask-redis", "bullmq"],
  ["bulk-sends", "rate", "500 a call", "ytask-redis-results", "bullmq"],
  ["redis-memory", "bytes", "a number", "ytask-redis", "bullmq"],
  ["redis-memory", "bytes", "a number", "ytask-redis-results", "bullmq"],
  ["redis-memory", "bytes", "a number and 100 characters", "ytask-redis", "bullmq"],
  ["sends", "rate", "100 in flight", "ytask-rabbitmq-alone", "bare-rabbitmq"],
  ["sends", "rate", "100 in flight", "ytask-rabbitmq", "bare-rabbitmq"],
  ["sends", "rate", "100 in flight", "ytask-rabbitmq-quorum-alone", "bare-rabbitmq-quorum"],
  ["sends", "rate", "100 in flight", "ytask-rabbitmq-quorum", "bare-rabbitmq-quorum"],
  ["throughput", "rate", "concurrency 100", "ytask-rabbitmq-alone", "bare-rabbitmq"],
  ["throughput", "rate", "concurrency 100", "ytask-rabbitmq", "bare-rabbitmq"],
  ["throughput", "rate", "concurrency 100", "ytask-rabbitmq-quorum-alone", "bare-rabbitmq-quorum"],
  ["throughput", "rate", "concurrency 100", "ytask-rabbitmq-quorum", "bare-rabbitmq-quorum"],
  ["throughput", "rate", "concurrency 100", "ytask-rabbitmq-quorum", "bare-rabbitmq-quorum-results"],
  ["throughput", "rate", "concurrency 100", "bare-rabbitmq-quorum-results", "bare-rabbitmq-quorum"],
] as const;

/** As ratios: the median of the rounds' own, with the least and the most. */
export function comparisons({ contestants, measurements }: Outcome): Rows {
  const rows = all.flatMap(([name, figure, label, ours, theirs]) => {
    const measurement = measurements[name];
    const results = measurement?.cases.find((each) => each.label === label)?.results;
    const [one, other] = [results?.[ours]?.[figure], results?.[theirs]?.[figure]];
    if (one === undefined || other === undefined) return [];
    const what = `${measurement?.figures[figure]?.title}, ${label}`;
    const [nameOfOurs, nameOfTheirs] = [ours, theirs].map((key) => contestants[key]?.name ?? key);
    return [
      [
        what,
        `${nameOfOurs}: ${formatNumber(one.median)}`,
        `${nameOfTheirs}: ${formatNumber(other.median)}`,
        formatSummary(ratioOf(one, other)),
      ],
    ];
  });
  return [["", "median", "beside", "ratio, round by round"], ...rows];
}
