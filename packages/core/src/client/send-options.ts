import { checkOptions, invalid, rules } from "../check-options.js";
import type { Clock } from "../time/clock.js";
import { formatTime } from "../wire/time.js";

/** When a task is due: at once, or one of these. */
type When =
  | { readonly runAfterMs?: number | undefined; readonly runAt?: undefined }
  | { readonly runAt?: Date | undefined; readonly runAfterMs?: undefined };

/** Until when a task may be started: for ever, or one of these. */
type Until =
  | { readonly expireAfterMs?: number | undefined; readonly expireAt?: undefined }
  | { readonly expireAt?: Date | undefined; readonly expireAfterMs?: undefined };

/** How a task is sent. `runAfterMs` and `expireAfterMs` are milliseconds from now. */
export type SendOptions = {
  /** Retries after the first attempt. Default: the task's own on the server, else 3. */
  readonly retryCount?: number | undefined;
  /** Next in line, where the broker can. Default false. */
  readonly front?: boolean | undefined;
  /**
   * Milliseconds until the send gives up, unless the broker gives up first: Redis does after `commandTimeoutMs`.
   * Default 5,000.
   */
  readonly sendTimeoutMs?: number | undefined;
} & When &
  Until;

/** How a later step of a workflow is run: its delay counts from the end of the step before it. */
export type StepOptions = {
  readonly retryCount?: number | undefined;
  readonly runAfterMs?: number | undefined;
} & Until;

/** The default retry count, as the Go original's clients write it. */
export const defaultRetryCount = 3;
export const defaultSendTimeoutMs = 5_000;

/** The last moment that RFC 3339, and so Go, can write. */
const lastMoment = Date.parse("9999-12-31T23:59:59.999Z");

const stepRules = {
  retryCount: rules.count,
  runAfterMs: rules.delay,
  expireAfterMs: rules.milliseconds,
  expireAt: rules.date,
};
const sendRules = {
  ...stepRules,
  runAt: rules.date,
  front: rules.boolean,
  sendTimeoutMs: rules.positiveMilliseconds,
};

/** Options as they are used: checked, with times as the wire has them. */
export interface Schedule {
  readonly retryCount: number | undefined;
  readonly runTime: string | undefined;
  /** Milliseconds from now; 0 for at once. */
  readonly delayMs: number;
  readonly expireTime: string | undefined;
  readonly front: boolean;
  readonly sendTimeoutMs: number;
}

const atOnce: Schedule = {
  retryCount: undefined,
  runTime: undefined,
  delayMs: 0,
  expireTime: undefined,
  front: false,
  sendTimeoutMs: defaultSendTimeoutMs,
};

/** @throws YTaskError `InvalidArgument`, with the option that is wrong */
export function scheduleOf(options: SendOptions | undefined, clock: Clock, place: string): Schedule {
  if (options === undefined) return atOnce;
  checkOptions(options, sendRules, place);
  if (options.runAt !== undefined && options.runAfterMs !== undefined)
    throw invalid(`${place} has runAt and runAfterMs; give one of them`);
  const now = clock.now();
  const dueMs = options.runAt?.getTime() ?? (options.runAfterMs ? now + options.runAfterMs : undefined);
  return {
    retryCount: options.retryCount,
    runTime: dueMs === undefined ? undefined : timeText(dueMs, place),
    delayMs: dueMs === undefined ? 0 : Math.max(0, Math.ceil(dueMs - now)),
    expireTime: expireTimeOf(options, now, place),
    front: options.front ?? false,
    sendTimeoutMs: options.sendTimeoutMs ?? defaultSendTimeoutMs,
  };
}

/** As scheduleOf, for a later step of a workflow. */
export function checkStepOptions(options: StepOptions | undefined, place: string): void {
  // JavaScript callers may give what the types do not allow.
  if ((options as { readonly runAt?: unknown } | null | undefined)?.runAt !== undefined)
    throw invalid(
      `${place} has runAt, but a later step's delay counts from the step before it; use runAfterMs`,
    );
  checkOptions(options, stepRules, place);
}

/** When the options say that the task expires, as the wire has it. */
export function expireTimeOf(
  options: StepOptions | undefined,
  now: number,
  place: string,
): string | undefined {
  if (options?.expireAt !== undefined && options.expireAfterMs !== undefined)
    throw invalid(`${place} has expireAt and expireAfterMs; give one of them`);
  const ms =
    options?.expireAt?.getTime() ??
    (options?.expireAfterMs === undefined ? undefined : now + options.expireAfterMs);
  return ms === undefined ? undefined : timeText(ms, place);
}

function timeText(ms: number, place: string): string {
  if (ms < 0 || ms > lastMoment) throw invalid(`${place}: the time is outside the years 1970 to 9999`);
  return formatTime(Math.ceil(ms));
}
