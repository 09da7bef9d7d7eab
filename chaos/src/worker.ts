/**
 * A server process for the run to kill, pause and stop. It records every attempt before and after it runs, ends
 * gracefully on SIGTERM, and with the process that started it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { RedisBackend } from "@ytask/backend-redis";
import { returns, Server, type TaskEvent, withContext } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import { breakOnPurpose } from "./breaks.js";
import { brokerAt } from "./drivers.js";
import { retryDelayMs } from "./plan.js";
import { recordingBroker } from "./recording-broker.js";
import { type Note, openRecord } from "./records.js";
import type { WorkerSettings } from "./settings.js";

const settings = JSON.parse(process.argv[2] ?? "") as WorkerSettings; // what WorkerProcess wrote
const record = openRecord(settings.recordFile);

const log =
  (level: string) =>
  (message: string, fields: object = {}): void => {
    process.stderr.write(`${new Date().toISOString()} ${level} ${message} ${JSON.stringify(fields)}\n`);
  };

/** Workflow steps have names of their own, and so have the notes about them. */
const names = ["step0", "step1", "step2"];

const run = withContext(async (context, number: number, runMs: number, failures: number) => {
  const attempt = { id: context.id, step: names.indexOf(context.name), attempt: context.attempt };
  record({ kind: "begin", at: Date.now(), number, ...attempt });
  await sleep(runMs);
  if (attempt.step === 0 && attempt.attempt <= failures) {
    record({ kind: "fail", at: Date.now(), ...attempt });
    return context.retry(new Error("fails as planned"), { delayMs: retryDelayMs });
  }
  record({ kind: "end", at: Date.now(), ...attempt });
  return returns(number, runMs, failures);
});

const note =
  (kind: "settled" | "lost") =>
  ({ id, name, attempt }: TaskEvent): void =>
    record({ kind, at: Date.now(), id, step: names.indexOf(name), attempt } satisfies Note);

const server = new Server({
  broker: recordingBroker(breakOnPurpose(brokerAt(settings.broker), settings.broken), (received) =>
    record({ kind: "received", at: Date.now(), ...received }),
  ),
  backend: new RedisBackend({ url: settings.backendUrl }),
  logger: { ...silentLogger, info: log("info"), warn: log("warn"), error: log("error") },
  startTimeoutMs: 60_000,
});
for (const name of names) server.add(settings.group, name, run);
for (const event of ["succeeded", "retried", "failed"] as const) server.on(event, note("settled"));
server.on("leaseLost", note("lost"));

process.stdin.resume().once("end", () => process.exit(1));
process.once("SIGTERM", () => void server.shutdown({ timeoutMs: 20_000 }).then(() => process.exit(0)));
setInterval(() => record({ kind: "alive", at: Date.now(), rss: process.memoryUsage().rss }), 500).unref();
await server.run(settings.group, { concurrency: settings.concurrency });
process.stdout.write("ready\n");
