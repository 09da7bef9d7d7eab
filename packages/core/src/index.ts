export type { AbortOptions } from "./aborter.js";
export type { Backoff } from "./backoff.js";
export type { Counts, DeadLetterReason } from "./broker.js";
export { Client } from "./client.js";
export type { DeadLetter, DeadLetterBox } from "./dead-letter-box.js";
export { ErrorCode, type ErrorDetails, PermanentError, SendFailed, TimedOut, YTaskError } from "./errors.js";
export type { ServerEvents, TaskEvent } from "./events.js";
export type { WireVersion } from "./keys.js";
export { fromPino, type LogFields, type Logger, type PinoLike } from "./logger.js";
export { Result } from "./result.js";
export { SendManyFailed } from "./send-many-failed.js";
export type { SendOptions, StepOptions } from "./send-options.js";
export { Server, type ShutdownReport } from "./server.js";
export type { ClientOptions, ServerOptions } from "./settings.js";
export type { StandardSchemaV1 } from "./standard-schema.js";
export { Status, type StepState, type WorkflowState } from "./status.js";
export type { TaskContext } from "./task-context.js";
export { TaskFailed } from "./task-failed.js";
export type { TaskHandle, WaitOptions } from "./task-handle.js";
export type { TaskOptions } from "./task-options.js";
export type { Json } from "./types/json.js";
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
export { returns, withContext, withOptions } from "./with.js";
