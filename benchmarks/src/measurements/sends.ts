import { inFlight, newQueueName, payloadOf, runAllAndVerify } from "../load.js";
import { type Measurement, parameter } from "../measurement.js";
import { stopwatch } from "../stopwatch.js";

export const sends: Measurement = {
  title: "Single sends",
  about:
    "Tasks are sent one a call, each awaited until the server has stored it, with 1 and with 100 calls in flight.",
  figures: {
    rate: { title: "sends a second", unit: "/s", better: "higher" },
    cpu: { title: "CPU of the sender a task", unit: "µs", better: "lower" },
  },
  cases: (isQuick) => [
    { label: "1 in flight", parameters: { inFlight: 1, count: isQuick ? 500 : 4_000 } },
    { label: "100 in flight", parameters: { inFlight: 100, count: isQuick ? 2_000 : 60_000 } },
  ],
  suits: () => true,
  async round({ contestant, servers, parameters }) {
    const count = parameter(parameters, "count");
    const warmUp = Math.ceil(count / 10);
    const most = parameter(parameters, "inFlight");
    const session = await contestant.open(servers, newQueueName());
    const send = (index: number): Promise<unknown> => session.send(payloadOf(index));
    await inFlight(0, warmUp, most, send);
    const elapsed = stopwatch();
    await inFlight(warmUp, warmUp + count, most, send);
    await session.written?.();
    const { seconds, cpuMicroseconds } = elapsed();
    await runAllAndVerify(session, warmUp + count);
    return { rate: count / seconds, cpu: cpuMicroseconds / count };
  },
};
