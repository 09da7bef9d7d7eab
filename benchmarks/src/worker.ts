/** The process behind `WorkerProcess`. */
import { contestantOf } from "./contestants/index.js";
import { type Span, stopwatch } from "./stopwatch.js";
import type { FromWorker, ToWorker, WorkerSettings } from "./worker-process.js";

/** How often it says how many tasks are done: seldom enough to cost nothing. */
const reportMs = 10;

const tell = (message: FromWorker): void => {
  process.send?.(message);
};

const ran: number[] = [];
let done = 0;
let settings: WorkerSettings | undefined;
let elapsed: (() => Span) | undefined;
let stop: (() => Promise<void>) | undefined;

function report(): void {
  if (done > 0) tell({ kind: "done", count: done });
  done = 0;
}

async function go({ contestantName, servers, queue, concurrency }: WorkerSettings): Promise<void> {
  elapsed = stopwatch();
  const session = await contestantOf(contestantName).open(servers, queue);
  const timer = setInterval(report, reportMs);
  const onDone = (): void => {
    done++;
  };
  const serving = await session.serve(concurrency, (index) => ran.push(index), onDone);
  stop = async () => {
    clearInterval(timer);
    report();
    const cpuMicroseconds = elapsed?.().cpuMicroseconds ?? 0;
    await serving.stop();
    tell({ kind: "stopped", report: { ran, cpuMicroseconds } });
  };
}

process.on("message", async (message: ToWorker) => {
  if (message.kind === "load") {
    settings = message.settings;
    tell({ kind: "loaded" });
  }
  if (message.kind === "go" && settings !== undefined) await go(settings);
  if (message.kind === "stop") await stop?.();
});
process.on("disconnect", () => process.exit());
