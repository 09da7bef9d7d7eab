import { fill, newQueueName, runAllAndVerify } from "../load.js";
import { type Measurement, parameter } from "../measurement.js";
import { stopwatch } from "../stopwatch.js";

export const bulkSends: Measurement = {
  title: "Bulk sends",
  about: "Tasks are sent 500 a call (`sendMany`, `addBulk`, `saveAll`, RPUSH), one call after the other.",
  figures: {
    rate: { title: "tasks sent a second", unit: "/s", better: "higher" },
    cpu: { title: "CPU of the sender a task", unit: "µs", better: "lower" },
  },
  cases: (isQuick) => [{ label: "500 a call", parameters: { count: isQuick ? 4_000 : 100_000 } }],
  suits: ({ can }) => can.has("sendMany"),
  async round({ contestant, servers, parameters }) {
    const count = parameter(parameters, "count");
    const warmUp = 2_000;
    const session = await contestant.open(servers, newQueueName());
    await fill(session, 0, warmUp);
    const elapsed = stopwatch();
    await fill(session, warmUp, warmUp + count);
    await session.written?.();
    const { seconds, cpuMicroseconds } = elapsed();
    await runAllAndVerify(session, warmUp + count);
    return { rate: count / seconds, cpu: cpuMicroseconds / count };
  },
};
