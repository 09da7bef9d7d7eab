import { fill, inFlight, newQueueName, payloadOf } from "../load.js";
import { type Measurement, parameter } from "../measurement.js";
import { stopwatch } from "../stopwatch.js";
import { Tally } from "../tally.js";

const sent = 5_000;
const timed = 10_000;
const largestOfRabbitMq = 100_000;

export const backlog: Measurement = {
  title: "With many tasks waiting",
  about:
    `With so many tasks waiting, ${sent.toLocaleString("en")} more are sent, 100 in flight; then one server at ` +
    `concurrency 100 runs all of them. Its rate is that of the first ${timed.toLocaleString("en")} (with fewer: all) ` +
    "after a tenth of those.",
  figures: {
    sends: { title: "sends a second", unit: "/s", better: "higher" },
    rate: { title: "tasks a second", unit: "/s", better: "higher" },
  },
  cases: (isQuick) =>
    (isQuick ? [1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000]).map((waiting) => ({
      label: `${waiting.toLocaleString("en")} waiting`,
      parameters: { waiting },
    })),
  suits: ({ can, store }, parameters) =>
    can.has("sendMany") &&
    can.has("processes") &&
    (store === "redis" || parameter(parameters, "waiting") <= largestOfRabbitMq),
  async round({ contestant, servers, parameters }) {
    const waiting = parameter(parameters, "waiting");
    const count = waiting + sent;
    const last = Math.min(timed, count);
    const session = await contestant.open(servers, newQueueName());
    await fill(session, 0, waiting);
    const sending = stopwatch();
    await inFlight(waiting, count, 100, (index) => session.send(payloadOf(index)));
    await session.written?.();
    const sends = sent / sending().seconds;
    const tally = new Tally(count);
    const [begun, done, all] = [tally.until(last / 10), tally.until(last), tally.until(count)];
    const serving = await session.serve(100, tally.run, tally.onDone);
    await begun;
    const running = stopwatch();
    await done;
    const rate = (last - last / 10) / running().seconds;
    await all;
    await serving.stop();
    await tally.verify(session);
    await session.close();
    return { sends, rate };
  },
};
