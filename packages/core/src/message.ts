import type { WireVersion } from "./keys.js";
import { quote } from "./values/encode.js";
import {
  asFields,
  type Fields,
  field,
  integerField,
  integerText,
  listField,
  Malformed,
  textField,
  textsField,
} from "./wire/fields.js";
import { noExtra, parsePlainMessage } from "./wire/plain-message.js";
import { noTime, parseTime } from "./wire/time.js";

/** A step of a workflow, as a message carries it. */
export interface WorkflowStep {
  readonly group: string;
  readonly name: string;
  readonly retryCount: number;
  /** For how long it is kept back after the step before it ended, in milliseconds. */
  readonly runAfterMs: number;
  /** RFC 3339, or undefined for none. */
  readonly expireTime: string | undefined;
}

/** What this library adds to a message. Go ignores it, and drops it where a Go server forwards the message. */
export interface Extra {
  /** The index of the workflow step that the message is for. */
  readonly step?: number | undefined;
  /** How many retries were made before this attempt. */
  readonly retried?: number | undefined;
  /** The indices of the workflow steps (0 for a plain task) that were sent without a retry count. */
  readonly defaultRetryCount?: readonly number[] | undefined;
  /** Distinguishes a redriven task from its earlier life. */
  readonly executionId?: string | undefined;
  /** For how long, in milliseconds, it has been put back because no server knew its name. */
  readonly unknownForMs?: number | undefined;
}

/** A task on its way. Times are kept as the text that was read, so that forwarding loses nothing. */
export interface Message {
  readonly id: string;
  /** The task's name: the wire's `WorkerName`. */
  readonly name: string;
  /** Each argument as JSON text. */
  readonly args: readonly string[];
  /** How many retries are left. */
  readonly retryCount: number;
  /** When it is due, RFC 3339; undefined for at once. Only the queue decides whether a message is kept back. */
  readonly runTime: string | undefined;
  /** When it expires, RFC 3339; undefined for never. */
  readonly expireTime: string | undefined;
  readonly workflow: readonly WorkflowStep[] | undefined;
  readonly extra: Extra;
}

const nanosecondsInMs = 1_000_000;

/**
 * Reads a message of the Go original (v2.2, v2.5, v3) or of this library.
 *
 * @throws Malformed, with the field that is wrong
 */
export function parseMessage(text: string): Message {
  return parsePlainMessage(text) ?? parseAnyMessage(text);
}

function parseAnyMessage(text: string): Message {
  const fields = asFields(parseJson(text), "the message");
  const control = field(fields, "MsgArgs") ?? field(fields, "TaskCtl") ?? {};
  const settings = asFields(control, "MsgArgs");
  const extra = field(fields, "Extra") ?? undefined;
  return {
    id: textField(fields, "Id"),
    name: textField(fields, "WorkerName"),
    args: textsField(fields, "FuncArgs") ?? [],
    retryCount: integerField(settings, "RetryCount"),
    runTime: timeField(settings, "RunTime"),
    expireTime: timeField(settings, "ExpireTime"),
    workflow: parseWorkflow(settings),
    extra: extra === undefined ? noExtra : parseExtra(asFields(extra, "Extra")),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Malformed("not JSON", { cause });
  }
}

function timeField(fields: Fields, name: string): string | undefined {
  const value = field(fields, name) ?? undefined;
  if (value === undefined || value === noTime) return undefined;
  const at = typeof value === "string" ? parseTime(value) : Number.NaN;
  if (Number.isNaN(at)) throw new Malformed(`${name} is not a time`);
  return at === undefined ? undefined : (value as string);
}

/** A workflow without steps counts as no workflow, as in Go. */
function parseWorkflow(settings: Fields): readonly WorkflowStep[] | undefined {
  const steps = listField(settings, "Workflow") ?? [];
  return steps.length === 0 ? undefined : steps.map(parseStep);
}

function parseStep(value: unknown): WorkflowStep {
  const step = asFields(value, "a step of Workflow");
  return {
    group: textField(step, "GroupName"),
    name: textField(step, "WorkerName"),
    retryCount: integerField(step, "RetryCount"),
    runAfterMs: integerField(step, "RunAfter") / nanosecondsInMs,
    expireTime: timeField(step, "ExpireTime"),
  };
}

/** Only this library writes `Extra`, so its field names match exactly. */
function parseExtra({ Step, Retried, Default, Execution, UnknownForMs }: Fields): Extra {
  if (Default !== undefined && !(Array.isArray(Default) && Default.every(isCounter)))
    throw new Malformed("Default is not a list of steps");
  if (Execution !== undefined && typeof Execution !== "string")
    throw new Malformed("Execution is not a string");
  return {
    step: counter(Step, "Step"),
    retried: counter(Retried, "Retried"),
    defaultRetryCount: Default,
    executionId: Execution,
    unknownForMs: counter(UnknownForMs, "UnknownForMs"),
  };
}

const isCounter = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function counter(value: unknown, name: string): number | undefined {
  if (value === undefined || isCounter(value)) return value;
  throw new Malformed(`${name} is not a whole number of at least 0`);
}

/**
 * Writes a message as the Go original does, byte for byte, followed by this library's `Extra` if there is one.
 *
 * @param version 2 writes the layout of the original's v2 (`TaskCtl`), 3 (default) that of its v3 (`MsgArgs`)
 */
export function serializeMessage(message: Message, version: WireVersion = 3): string {
  let texts = "";
  for (const text of message.args) texts += `${texts === "" ? "" : ","}${quote(text)}`;
  const { id, name } = message;
  return `{"Id":${quote(id)},"WorkerName":${quote(name)},"FuncArgs":[${texts}],${settingsText(message, version)}}`;
}

/** Whether a message may not begin to run any more. `now` is in milliseconds since 1970. */
export function isExpired({ expireTime }: Pick<Message, "expireTime">, now: number): boolean {
  const expiresAt = expireTime === undefined ? undefined : parseTime(expireTime);
  return expiresAt !== undefined && expiresAt <= now;
}

/** What consecutive messages often have in common, and its text. */
interface SerializedSettings extends Pick<Message, "retryCount" | "runTime" | "expireTime" | "extra"> {
  readonly version: WireVersion;
  readonly text: string;
}

let lastSettings: SerializedSettings | undefined;

/**
 * Everything after the arguments. The latest text is kept, unless it has a workflow: making it took two fifths of the
 * time for a message. An `extra` counts as the same if it is the same object, since nobody changes one.
 */
function settingsText(message: Message, version: WireVersion): string {
  const { retryCount, runTime, expireTime, workflow, extra } = message;
  if (workflow !== undefined) return serializeSettings(message, version);
  if (
    lastSettings?.version === version &&
    lastSettings.retryCount === retryCount &&
    lastSettings.runTime === runTime &&
    lastSettings.expireTime === expireTime &&
    lastSettings.extra === extra
  )
    return lastSettings.text;
  const text = serializeSettings(message, version);
  lastSettings = { version, retryCount, runTime, expireTime, extra, text };
  return text;
}

function serializeSettings(message: Message, version: WireVersion): string {
  const { retryCount, runTime = noTime, expireTime = noTime, workflow, extra } = message;
  const steps = workflow === undefined ? "null" : `[${workflow.map(serializeStep).join(",")}]`;
  const workflowField = version === 2 && workflow === undefined ? "" : `,"Workflow":${steps}`;
  return (
    `"${version === 2 ? "TaskCtl" : "MsgArgs"}":{"RetryCount":${integerText(retryCount)},` +
    `"RunTime":"${runTime}","ExpireTime":"${expireTime}"${workflowField}}${serializeExtra(extra)}`
  );
}

const serializeStep = (step: WorkflowStep): string =>
  `{"GroupName":${quote(step.group)},"WorkerName":${quote(step.name)},"RetryCount":${integerText(step.retryCount)},` +
  `"RunAfter":${integerText(Math.round(step.runAfterMs * nanosecondsInMs))},"ExpireTime":"${step.expireTime ?? noTime}"}`;

function serializeExtra({ step, retried, defaultRetryCount, executionId, unknownForMs }: Extra): string {
  let text = "";
  if (step !== undefined) text += `,"Step":${step}`;
  if (retried) text += `,"Retried":${retried}`;
  if (defaultRetryCount?.length) text += `,"Default":[${defaultRetryCount.join()}]`;
  if (executionId !== undefined) text += `,"Execution":${quote(executionId)}`;
  if (unknownForMs) text += `,"UnknownForMs":${unknownForMs}`;
  return text === "" ? "" : `,"Extra":{${text.slice(1)}}`;
}
