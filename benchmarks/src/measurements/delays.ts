import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "../contestant.js";
import { inFlight, newQueueName, payloadOf } from "../load.js";
import { type Measurement, parameter } from "../measurement.js";
import { quantile } from "../statistics.js";
import { Tally } from "../tally.js";

const leadMs = 2_000;
const shortMs = 200;
const restMs = 300;
/** What the clocks that the contestants use can tell apart. */
const clockMs = 1;

export const delays: Measurement = {
  title: "Delays",
  about:
    `How late delayed tasks start. "Many": all are sent at once, due evenly over ten seconds. "First": one at a time, ` +
    `due in ${shortMs} ms, to a server that has been idle for ${restMs} ms.`,
  figures: {
    median: { title: "median lateness", unit: "ms", better: "lower" },
    p99: { title: "99th percentile of lateness", unit: "ms", better: "lower" },
    early: { title: "started more than a millisecond early", unit: "", better: "lower" },
  },
  cases: (isQuick) => [
    {
      label: isQuick ? "many: 500" : "many: 10,000",
      parameters: { count: isQuick ? 500 : 10_000, spreadMs: isQuick ? 1_000 : 10_000 },
    },
    { label: "first", parameters: { count: isQuick ? 3 : 10, spreadMs: 0 } },
  ],
  suits: ({ can }) => can.has("sendDelayed"),
  async round({ contestant, servers, parameters }) {
    const count = parameter(parameters, "count");
    const spreadMs = parameter(parameters, "spreadMs");
    const session = await contestant.open(servers, newQueueName());
    const tally = new Tally(count);
    const dueAt = new Float64Array(count);
    const lateness: number[] = [];
    const run = (index: number): void => {
      lateness.push(performance.now() - (dueAt[index] ?? 0));
      tally.run(index);
    };
    const serving = await session.serve(100, run, tally.onDone);
    const send = (index: number, delayMs: number): Promise<unknown> => {
      dueAt[index] = performance.now() + delayMs;
      return sendDelayed(session, index, delayMs);
    };
    if (spreadMs > 0)
      await inFlight(0, count, 100, (index) => send(index, leadMs + Math.round((index * spreadMs) / count)));
    else
      for (let index = 0; index < count; index++) {
        await sleep(restMs);
        await send(index, shortMs);
        await tally.until(index + 1);
      }
    await tally.until(count);
    await serving.stop();
    await tally.verify(session);
    await session.close();
    const early = lateness.filter((ms) => ms < -clockMs).length;
    return { median: quantile(lateness, 0.5), p99: quantile(lateness, 0.99), early };
  },
};

function sendDelayed(session: Session, index: number, delayMs: number): Promise<unknown> {
  if (session.sendDelayed === undefined) throw new Error("this contestant has no delays");
  return session.sendDelayed(payloadOf(index), delayMs);
}
