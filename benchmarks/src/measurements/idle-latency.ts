import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "../contestant.js";
import { newQueueName, payloadOf } from "../load.js";
import { type Measurement, parameter } from "../measurement.js";
import { quantile } from "../statistics.js";
import { Tally } from "../tally.js";

const restMs = 3;
const warmUp = 50;

export const idleLatency: Measurement = {
  title: "From send to result, idle",
  about: `One task at a time, ${restMs} ms of rest between two: from the call that sends it to its result at the sender.`,
  figures: {
    median: { title: "median", unit: "ms", better: "lower" },
    p99: { title: "99th percentile", unit: "ms", better: "lower" },
  },
  cases: (isQuick) => [{ label: "idle", parameters: { count: isQuick ? 100 : 500 } }],
  suits: ({ can }) => can.has("call"),
  async round({ contestant, servers, parameters }) {
    const count = parameter(parameters, "count") + warmUp;
    const session = await contestant.open(servers, newQueueName());
    const tally = new Tally(count);
    const serving = await session.serve(10, tally.run, tally.onDone);
    const times: number[] = [];
    for (let index = 0; index < count; index++) {
      const start = performance.now();
      if ((await call(session, index)) !== index) throw new Error(`task ${index} has another one's result`);
      if (index >= warmUp) times.push(performance.now() - start);
      await sleep(restMs);
    }
    await tally.until(count);
    await serving.stop();
    await tally.verify(session);
    await session.close();
    return { median: quantile(times, 0.5), p99: quantile(times, 0.99) };
  },
};

/** Sends a task and resolves to its result. */
export function call(session: Session, index: number): Promise<unknown> {
  if (session.call === undefined) throw new Error("this contestant gives no results to its senders");
  return session.call(payloadOf(index));
}
