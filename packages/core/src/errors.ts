import { types } from "node:util";

/**
 * The numbers that identify an error. 1 to 9 are the Go original's and keep their meaning; those from 100 on
 * are this library's. A number never gets another meaning.
 */
export const ErrorCode = {
  /** Kept for drivers ported from the Go original; nothing here throws it. */
  EmptyQueue: 1,
  /** A value that cannot cross between client and server; the message names its path. */
  UnsupportedType: 2,
  /** `result.get(n)` past the last value. */
  OutOfRange: 3,
  /** Reading the values of a result that has none. */
  NilResult: 4,
  /** A wait reached its bound. */
  TimeOut: 5,
  /** The server is shutting down and takes no more work. */
  ServerStop: 6,
  /** A send that the broker did not confirm. */
  SendMessage: 7,
  /** The call needs a backend, and none is configured, or `statusExpires` and `resultExpires` are both 0. */
  NilBackend: 8,
  /** The task was aborted. */
  AbortTask: 9,
  /** The task did not succeed: it failed, expired or was aborted. */
  TaskFailed: 100,
  /** A failure that no retry can mend. */
  PermanentFailure: 101,
  /** An argument or option that is refused; the message names it and what it may be. */
  InvalidArgument: 102,
  /** The server of a driver cannot be reached, or the connection broke. */
  Connection: 103,
  /** Used after `close` or `shutdown`. */
  Closed: 104,
  /** The server of a driver is too old, or set up in a way that cannot work. */
  UnsupportedServer: 105,
  /** The server of a driver refused the credentials or the permission. */
  AccessRefused: 106,
  /** The backend could not store or read. */
  Backend: 107,
  /** The server of a driver refuses more: it is out of memory or disk, or a queue is as full as its policy allows. */
  ServerFull: 108,
  /** The task's lease was lost: it may be running on another server. */
  LeaseLost: 109,
  /** A message or result from outside that cannot be read. */
  Malformed: 110,
  /** A value is larger than the store or the message limit allows. */
  TooLarge: 111,
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

const marker: unique symbol = Symbol.for("ytask.error") as never;

/** What an error may carry besides its message. */
export interface ErrorDetails {
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/** Every error that this library throws on purpose: a stable `code`, a `message` that says what to do, a `cause`. */
export class YTaskError<C extends ErrorCode = ErrorCode> extends Error {
  /** The name by which `isInstance` knows the class: bundlers may rename classes. */
  static readonly kind: string = "YTaskError";
  override readonly name: string = "YTaskError";
  readonly code: C;

  constructor(code: C, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    Object.defineProperty(this, marker, { value: kindsOf(new.target), enumerable: false });
  }

  /**
   * Whether `error` is an instance of the class that this is called on, and has `code` if one is given. Works across
   * two copies of the package, where `instanceof` does not.
   */
  static isInstance<E extends YTaskError, C extends ErrorCode = ErrorCode>(
    this: abstract new (
      ...parameters: never[]
    ) => E,
    error: unknown,
    code?: C,
  ): error is E & { readonly code: C } {
    if (typeof error !== "object" || error === null) return false;
    try {
      const kinds = (error as { [marker]?: readonly string[] })[marker];
      return (
        Array.isArray(kinds) &&
        kinds.includes(kindOf(this)) &&
        (code === undefined || (error as { code?: unknown }).code === code)
      );
    } catch {
      // A proxy may throw at any read. No error of this library does.
      return false;
    }
  }
}

/** A class and what it extends, up to YTaskError. */
function kindsOf(made: unknown): readonly string[] {
  const kinds: string[] = [];
  for (let at = made; typeof at === "function" && at !== Error; at = Object.getPrototypeOf(at))
    kinds.push(kindOf(at));
  return kinds;
}

/** A class of the user's has no `kind` of its own, so its name distinguishes it from the class that it extends. */
function kindOf(made: object): string {
  const { kind, name } = made as { readonly kind?: unknown; readonly name: string };
  return Object.hasOwn(made, "kind") && typeof kind === "string" ? kind : name;
}

/** A wait or a call reached its bound. What it waited for may still happen. */
export class TimedOut extends YTaskError<5> {
  static override readonly kind: string = "TimedOut";
  override readonly name = "TimedOut";
  constructor(message: string, details: ErrorDetails = {}) {
    super(ErrorCode.TimeOut, message, details);
  }
}

/** Thrown by a task to fail at once, without its remaining retries. */
export class PermanentError extends YTaskError<101> {
  static override readonly kind: string = "PermanentError";
  override readonly name = "PermanentError";
  constructor(message: string, details: ErrorDetails = {}) {
    super(ErrorCode.PermanentFailure, message, details);
  }
}

/**
 * A broker did not confirm all of a batch. `notStored` holds the indices of messages that are certainly not in
 * the queue, `unknown` of those that may be, since the call broke off and may have happened. The others are stored.
 */
export class SendFailed extends YTaskError<7> {
  static override readonly kind: string = "SendFailed";
  override readonly name = "SendFailed";
  readonly notStored: readonly number[];
  readonly unknown: readonly number[];
  constructor(
    message: string,
    indices: {
      readonly notStored?: readonly number[] | undefined;
      readonly unknown?: readonly number[] | undefined;
    },
    details: ErrorDetails = {},
  ) {
    super(ErrorCode.SendMessage, message, details);
    this.notStored = indices.notStored ?? [];
    this.unknown = indices.unknown ?? [];
  }
}

/** Whether it is an Error, of another realm too, such as those of jest's environments. Throws where a proxy does. */
export const isError = (thrown: unknown): thrown is Error =>
  thrown instanceof Error || types.isNativeError(thrown);

/** The message of anything that was thrown: tasks may throw what is not an Error. */
export function messageOf(thrown: unknown): string {
  if (typeof thrown === "string") return thrown === "" ? "an empty text was thrown" : thrown;
  try {
    if (isError(thrown)) return String(thrown.message || thrown.name);
    return `a value that is not an Error was thrown: ${JSON.stringify(thrown) ?? String(thrown)}`;
  } catch {
    return "a value that is not an Error, and cannot be printed, was thrown";
  }
}

/**
 * What a call to a driver fails with before `connect` and after `close`: code `Closed`.
 *
 * @param driver which one it is, with its article: "the Redis broker"
 */
export const notConnected = (driver: string): YTaskError =>
  new YTaskError(ErrorCode.Closed, `${driver} is not connected; call connect first`);
