import { newQueueName } from "../load.js";
import { type Measurement, parameter } from "../measurement.js";
import { quantile } from "../statistics.js";
import { Tally } from "../tally.js";
import { call } from "./idle-latency.js";

export const loadedLatency: Measurement = {
  title: "From send to result, under load",
  about:
    "Tasks are due at a fixed rate, whether those before are done or not; the time counts from when a task was due to " +
    "be sent. Sender and server (concurrency 100) share a process. A contestant that cannot keep up shows it in its " +
    "times.",
  figures: {
    median: { title: "median", unit: "ms", better: "lower" },
    p99: { title: "99th percentile", unit: "ms", better: "lower" },
  },
  cases: (isQuick) =>
    (isQuick ? [100] : [100, 1_000, 2_500, 5_000]).map((rate) => ({
      label: `${rate.toLocaleString("en")}/s`,
      parameters: { rate, seconds: isQuick ? 1 : 2 },
    })),
  suits: ({ can }) => can.has("call"),
  async round({ contestant, servers, parameters }) {
    const rate = parameter(parameters, "rate");
    const count = rate * parameter(parameters, "seconds");
    const session = await contestant.open(servers, newQueueName());
    const tally = new Tally(count);
    const serving = await session.serve(100, tally.run, tally.onDone);
    const times: number[] = [];
    await atRate(count, rate, async (index, dueAt) => {
      await call(session, index);
      times.push(performance.now() - dueAt);
    });
    await tally.until(count);
    await serving.stop();
    await tally.verify(session);
    await session.close();
    const steady = times.slice(Math.floor(count / 5)); // the first ones open connections and subscriptions
    return { median: quantile(steady, 0.5), p99: quantile(steady, 0.99) };
  },
};

/** Calls `each` when each index is due, and resolves once all of them have. */
async function atRate(
  count: number,
  rate: number,
  each: (index: number, dueAt: number) => Promise<void>,
): Promise<void> {
  const start = performance.now() + 10;
  const all: Promise<void>[] = [];
  while (all.length < count) {
    const due = Math.min(count, Math.floor(((performance.now() - start) * rate) / 1_000) + 1);
    while (all.length < due) all.push(each(all.length, start + (all.length * 1_000) / rate));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(all);
}
