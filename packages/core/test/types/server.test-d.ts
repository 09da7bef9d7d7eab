/** What servers and clients are made of, and what a task is registered with. Checked by `tsc -p .`. */
import { pino } from "pino";
import { expectTypeOf } from "vitest";
import {
  Client,
  type ContextTask,
  ErrorCode,
  fromPino,
  type Logger,
  PermanentError,
  type Result,
  returns,
  SendFailed,
  Server,
  type StandardSchemaV1,
  Status,
  type TaskContext,
  TaskFailed,
  TimedOut,
  withContext,
  withOptions,
  YTaskError,
} from "../../src/index.js";
import { MemoryBackend, MemoryBroker } from "../../src/memory/index.js";
import { createWinstonLogger } from "../../src/winston.js";

const broker = new MemoryBroker();
const server = new Server({
  broker,
  backend: undefined,
  statusExpires: undefined,
  resultExpires: undefined,
  logger: undefined,
  debug: undefined,
  maxMessageBytes: undefined,
  wireVersion: undefined,
  goCompatible: undefined,
  clock: undefined,
  maxRedeliveries: undefined,
  startTimeoutMs: undefined,
});
new Client({ broker, backend: new MemoryBackend({ clock: undefined }), logger: console });
// @ts-expect-error no broker
new Server({});
// @ts-expect-error an option that is not there
new Server({ broker, concurrency: 5 });
// @ts-expect-error a version that is not there
new Client({ broker, wireVersion: 1 });
// @ts-expect-error an option of a server
new Client({ broker, maxRedeliveries: 5 });
// @ts-expect-error a backend is no broker
new Client({ broker: new MemoryBackend() });

// --- tasks with options --------------------------------------------------------------------------------------------
server.add("g", "options", (id: string, count: number) => `${id}${count}`, {
  retryCount: undefined,
  backoff: undefined,
  timeoutMs: undefined,
  schema: undefined,
  onComplete: (result, id, count) => {
    expectTypeOf(result).toEqualTypeOf<Result<readonly [string]>>();
    expectTypeOf(id).toEqualTypeOf<string>();
    expectTypeOf(count).toEqualTypeOf<number>();
  },
});
server.add(
  "g",
  "context",
  withContext((context, id: string) => returns(id, context.attempt)),
  {
    onComplete: async (result, id) => {
      expectTypeOf(result.get(1)).toEqualTypeOf<number>();
      expectTypeOf(id).toEqualTypeOf<string>();
    },
  },
);
server.add("g", "backoff", () => {}, {
  backoff: { kind: "exponential", initialMs: 1, maxMs: undefined, jitter: undefined },
});
server.add("g", "backoff", () => {}, { backoff: (attempt: number, error: unknown) => (error ? attempt : 0) });
server.add("g", "backoff", () => {}, { backoff: false });
declare const textAndNumber: StandardSchemaV1<unknown, [string, number]>;
declare const anything: StandardSchemaV1<unknown, readonly unknown[]>;
server.add("g", "schema", (id: string, count: number) => `${id}${count}`, {
  schema: textAndNumber,
  onComplete: (_result, id, count) => void [id.length, count.toFixed()],
});
server.add(
  "g",
  "schema",
  withContext((_context, id: string) => id),
  { schema: textAndNumber, onComplete: (_result, id) => void id.length },
);
server.add("g", "schema", (id: string, count?: number) => `${id}${count}`, { schema: anything });
server.add("g", "schema", (id = "none") => id, { schema: textAndNumber });
// @ts-expect-error a schema that gives a text where the task takes a number
server.add("g", "schema", (id: number, count: number) => id + count, { schema: textAndNumber });
// @ts-expect-error one that gives too few
server.add("g", "schema", (id: string, count: number, more: number) => [id, count, more], {
  schema: textAndNumber,
});
const checked = withOptions((id: string, count: number) => `${id}${count}`, {
  schema: textAndNumber,
  retryCount: 5,
  onComplete: (result, id, count) => {
    expectTypeOf(result).toEqualTypeOf<Result<readonly [string]>>();
    expectTypeOf(id).toEqualTypeOf<string>();
    expectTypeOf(count).toEqualTypeOf<number>();
  },
});
expectTypeOf(checked).toEqualTypeOf<(id: string, count: number) => string>();
withOptions((id: string, count?: number) => `${id}${count}`, { schema: anything });
withOptions((id = "none") => id, { schema: textAndNumber });
withOptions(() => {}, { schema: undefined });
const checkedWithContext = withOptions(
  withContext((_context, id: string, _count: number) => id),
  { schema: textAndNumber, onComplete: (result, id) => void [result.getString(0), id.length] },
);
expectTypeOf(checkedWithContext).toEqualTypeOf<ContextTask<[id: string, count: number], string>>();
// Again around it, and inside of a map.
server.addAll({ g: { checked, again: withOptions(checkedWithContext, { schema: anything }) } });
// @ts-expect-error a schema that gives a text where the task takes a number
withOptions((id: number, count: number) => id + count, { schema: textAndNumber });
// @ts-expect-error one that gives too few
withOptions((id: string, count: number, more: number) => [id, count, more], { schema: textAndNumber });
const taskInContext = withContext((_context, id: number, count: number) => id + count);
// @ts-expect-error behind a context too
withOptions(taskInContext, { schema: textAndNumber });
withOptions(
  // @ts-expect-error and where the context is given there
  withContext((_context, id: number, count: number) => id + count),
  { schema: textAndNumber },
);
// @ts-expect-error as a task of a map
server.addAll({ g: { task: withOptions((id: number) => id, { schema: textAndNumber }) } });
// @ts-expect-error an option that is not there
withOptions(() => {}, { retries: 5 });
// @ts-expect-error a kind that is not there
server.add("g", "backoff", () => {}, { backoff: { kind: "linear", initialMs: 1 } });
// @ts-expect-error an option that is not there
server.add("g", "options", () => {}, { concurrency: 1 });
// @ts-expect-error no function
server.add("g", "name", "task");
server.add("g", "options", (_id: string) => {}, { onComplete: undefined, schema: undefined });
// @ts-expect-error a callback that wants another argument than the task
server.add("g", "options", (_id: string) => {}, { onComplete: (_result, _id: number) => {} });

const charge = withOptions(
  withContext(async (context: TaskContext, order: { id: string }) => {
    if (context.attempt === 1) return context.retry(new Error("busy"), { delayMs: undefined });
    return order.id;
  }),
  { retryCount: 5, onComplete: (result, order) => void [result.getString(0), order.id] },
);
server.addAll({ group: { charge, add: (a: number, b: number) => a + b }, other: { none: () => {} } });
// @ts-expect-error one of the tasks takes a Date
server.addAll({ group: { charge, at: (_at: Date) => {} } });
// @ts-expect-error one returns a Map
server.addAll({ group: { charge }, other: { map: () => new Map<string, string>() } });
// @ts-expect-error one takes a plain bigint
server.addAll({ group: { id: (_id: bigint) => {} } });
// @ts-expect-error a task where a group belongs
server.addAll({ group: () => {} });

server.run("g", { concurrency: undefined });
server.shutdown({ timeoutMs: undefined });
// @ts-expect-error an option that is not there
server.run("g", { workers: 2 });

// --- events --------------------------------------------------------------------------------------------------------
server.on("succeeded", (event) => expectTypeOf(event.durationMs).toEqualTypeOf<number | undefined>());
server.on("error", (error) => expectTypeOf(error).toEqualTypeOf<Error>());
// @ts-expect-error an event that is not there
server.on("done", () => {});

// --- errors --------------------------------------------------------------------------------------------------------
declare const error: unknown;
if (YTaskError.isInstance(error)) expectTypeOf(error).toExtend<YTaskError>();
if (YTaskError.isInstance(error, ErrorCode.TimeOut)) expectTypeOf(error.code).toEqualTypeOf<5>();
if (TaskFailed.isInstance(error)) {
  expectTypeOf(error.code).toEqualTypeOf<100>();
  expectTypeOf(error.result).toEqualTypeOf<Result>();
  expectTypeOf(error.status).toEqualTypeOf<Status>();
}
if (TimedOut.isInstance(error)) expectTypeOf(error.code).toEqualTypeOf<5>();
new SendFailed("no", { notStored: undefined, unknown: undefined }, { cause: undefined });
expectTypeOf(new PermanentError("no", { cause: error }).code).toEqualTypeOf<101>();
expectTypeOf(Status.Success).toEqualTypeOf<4>();

// --- loggers -------------------------------------------------------------------------------------------------------
expectTypeOf(console).toExtend<Logger>();
expectTypeOf(fromPino(pino())).toEqualTypeOf<Logger>();
expectTypeOf(createWinstonLogger({ level: undefined, file: undefined })).toExtend<Logger>();
expectTypeOf(fromPino({ debug() {}, info() {}, warn() {}, error() {} })).toEqualTypeOf<Logger>();
