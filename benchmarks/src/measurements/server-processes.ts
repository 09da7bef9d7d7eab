import { fill, newQueueName } from "../load.js";
import { type Measurement, parameter } from "../measurement.js";
import { stopwatch } from "../stopwatch.js";
import { Tally } from "../tally.js";
import { WorkerProcess } from "../worker-process.js";

export const serverProcesses: Measurement = {
  title: "Several server processes",
  about: "A filled queue is emptied by one, two and four server processes, each at concurrency 100.",
  figures: {
    rate: { title: "tasks a second, all together", unit: "/s", better: "higher" },
    cpu: { title: "CPU of the server processes a task", unit: "µs", better: "lower" },
  },
  cases: (isQuick) =>
    [1, 2, 4].map((processes) => ({
      label: processes === 1 ? "1 process" : `${processes} processes`,
      parameters: { processes, count: isQuick ? 3_000 : 60_000 },
    })),
  suits: ({ can }) => can.has("processes"),
  async round({ contestant, contestantName, servers, parameters }) {
    const count = parameter(parameters, "count");
    const queue = newQueueName();
    const session = await contestant.open(servers, queue);
    await fill(session, 0, count);
    const tally = new Tally(count);
    const done = tally.until(count);
    const workers = await Promise.all(
      Array.from({ length: parameter(parameters, "processes") }, () =>
        WorkerProcess.start({ contestantName, servers, queue, concurrency: 100 }, tally.onDone),
      ),
    );
    const elapsed = stopwatch();
    for (const worker of workers) worker.go();
    await done;
    const { seconds } = elapsed();
    const reports = await Promise.all(workers.map((worker) => worker.stop()));
    for (const { ran } of reports) ran.forEach(tally.run);
    await tally.verify(session);
    await session.close();
    const cpu = reports.reduce((sum, { cpuMicroseconds }) => sum + cpuMicroseconds, 0);
    return { rate: count / seconds, cpu: cpu / count };
  },
};
