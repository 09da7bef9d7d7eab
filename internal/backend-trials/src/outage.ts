import { setTimeout as sleep } from "node:timers/promises";
import { Client, Server } from "@ytask/core";
import { type Backend, silentLogger } from "@ytask/core/driver";
import { MemoryBroker } from "@ytask/core/memory";

const count = 1_000;
const concurrency = 50;

/** How a trial takes the backend away and gives it back. */
export interface Disturbance {
  takeAway(): void | Promise<void>;
  giveBack(): void | Promise<void>;
}

/** What came of a thousand tasks whose backend was taken away in their midst. */
export interface Outage {
  /** How often each of the tasks ran. */
  readonly runs: readonly number[];
  /** From when the backend was back until as many tasks as run at a time had run and their results could be read. */
  readonly backAfterMs: number;
}

/** Takes the backend away once a tenth of a thousand tasks ran, and gives it back when all have. */
export async function outage(backend: Backend, { takeAway, giveBack }: Disturbance): Promise<Outage> {
  const broker = new MemoryBroker();
  const runs = Array.from({ length: count }, () => 0);
  const tenth = gate();
  const all = gate();
  let finished = 0;
  const server = new Server({ broker, backend, logger: silentLogger });
  server.add("trial", "count", async (index: number) => {
    runs[index] = (runs[index] ?? 0) + 1;
    await sleep(1);
  });
  server.add("trial", "echo", (value: number) => value);
  server.on("succeeded", () => {
    finished++;
    if (finished === count / 10) tenth.open();
    if (finished === count) all.open();
  });
  const client = new Client({ broker, backend, logger: silentLogger });
  try {
    await server.run("trial", { concurrency });
    const sender = new Client({ broker, logger: silentLogger });
    await sender.sendMany(runs.map((_, index) => ({ group: "trial", name: "count", args: [index] })));
    await sender.close();
    await tenth.opened;
    await takeAway();
    await all.opened;
    await giveBack();
    const since = performance.now();
    await untilResultsAreBack(client);
    return { runs, backAfterMs: performance.now() - since };
  } finally {
    await client.close();
    await server.shutdown();
  }
}

/**
 * Sends a batch of tasks, another a tenth of a second later, and then ever more rarely, until all results of one of them
 * can be read: a server that does not keep up with one batch in a tenth of a second must not get another each time.
 */
async function untilResultsAreBack(client: Client): Promise<void> {
  const back = gate();
  let isBack = false;
  for (let pauseMs = 100; !isBack; pauseMs *= 1.2) {
    void readBatch(client).then(back.open, () => {});
    isBack = await Promise.race([back.opened.then(() => true), sleep(pauseMs, false)]);
  }
}

async function readBatch(client: Client): Promise<void> {
  const values = Array.from({ length: concurrency }, async (_, index) => {
    const task = await client.send("trial", "echo", [index]);
    await task.value({ pollIntervalMs: 50, timeoutMs: 10_000 });
  });
  await Promise.all(values);
}

function gate() {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}
