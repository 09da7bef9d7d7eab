export type { Counts, DeadLetterReason } from "./broker.js";
export type { AbortOptions } from "./client/aborter.js";
export type { DeadLetter, DeadLetterBox } from "./client/dead-letter-box.js";
export { SendManyFailed } from "./client/send-many-failed.js";
export type { SendOptions, StepOptions } from "./client/send-options.js";
export { TaskFailed } from "./client/task-failed.js";
export type { TaskHandle, WaitOptions } from "./client/task-handle.js";
export { Client } from "./client.js";
export { ErrorCode, type ErrorDetails, PermanentError, SendFailed, TimedOut, YTaskError } from "./errors.js";
export type { ServerEvents, TaskEvent } from "./events.js";
export type { WireVersion } from "./keys.js";
export { fromPino, type LogFields, type Logger, type PinoLike } from "./log/logger.js";
export { Result } from "./results/result.js";
export { Status, type StepState, type WorkflowState } from "./results/status.js";
export { Server, type ShutdownReport } from "./server.js";
export type { ClientOptions, ServerOptions } from "./settings.js";
export type { Backoff } from "./task/backoff.js";
export type { StandardSchemaV1 } from "./task/standard-schema.js";
export type { TaskContext } from "./task/task-context.js";
export type { TaskOptions } from "./task/task-options.js";
export { returns, withContext, withOptions } from "./task/with.js";
export type { Json } from "./types/json.js";
export type { SendParameters } from "./types/requests.js";
export type {
  AnyTask,
  ContextTask,
  Returns,
  TaskArgs,
  TaskMap,
  TaskValue,
  TaskValues,
  UntypedTasks,
} from "./types/tasks.js";
