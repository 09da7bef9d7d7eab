import { fill, newQueueName } from "../load.js";
import { type Measurement, parameter } from "../measurement.js";
import { stopwatch } from "../stopwatch.js";
import { Tally } from "../tally.js";

export const throughput: Measurement = {
  title: "Tasks run",
  about:
    "A filled queue is emptied by one server process. Timed from the tenth of the tasks that is done first to the " +
    "last, each with its result stored and its message settled.",
  figures: {
    rate: { title: "tasks a second", unit: "/s", better: "higher" },
    cpu: { title: "CPU of the server process a task", unit: "µs", better: "lower" },
  },
  cases: (isQuick) =>
    [
      { concurrency: 1, count: 4_000 },
      { concurrency: 10, count: 30_000 },
      { concurrency: 100, count: 60_000 },
      { concurrency: 500, count: 60_000 },
    ].map(({ concurrency, count }) => ({
      label: `concurrency ${concurrency}`,
      parameters: { concurrency, count: isQuick ? count / 20 : count },
    })),
  suits: () => true,
  async round({ contestant, servers, parameters }) {
    const count = parameter(parameters, "count");
    const warmUp = Math.floor(count / 10);
    const session = await contestant.open(servers, newQueueName());
    await fill(session, 0, count);
    const tally = new Tally(count);
    const [begun, done] = [tally.until(warmUp), tally.until(count)];
    const serving = await session.serve(parameter(parameters, "concurrency"), tally.run, tally.onDone);
    await begun;
    const elapsed = stopwatch();
    await done;
    const { seconds, cpuMicroseconds } = elapsed();
    await serving.stop();
    await tally.verify(session);
    await session.close();
    return { rate: (count - warmUp) / seconds, cpu: cpuMicroseconds / (count - warmUp) };
  },
};
