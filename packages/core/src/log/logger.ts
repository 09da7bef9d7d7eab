import { checkOptions, rules } from "../check-options.js";
import { isError } from "../errors.js";
import { errorFields } from "./error-fields.js";

/** What a log line carries besides its message. */
export type LogFields = Record<string, unknown>;

/** Where logs go. winston and console can be passed as they are; `fromPino` adapts pino. */
export interface Logger {
  debug(message: string, fields?: LogFields): unknown;
  info(message: string, fields?: LogFields): unknown;
  warn(message: string, fields?: LogFields): unknown;
  error(message: string, fields?: LogFields): unknown;
}

/** The part of a pino logger that `fromPino` uses: fields first, message second. */
export interface PinoLike {
  debug(fields: object, message: string): unknown;
  info(fields: object, message: string): unknown;
  warn(fields: object, message: string): unknown;
  error(fields: object, message: string): unknown;
}

const levels = ["debug", "info", "warn", "error"] as const;
type Level = (typeof levels)[number];

function byLevel(write: (level: Level, message: string, fields: LogFields | undefined) => unknown): Logger {
  return {
    debug: (message, fields) => write("debug", message, fields),
    info: (message, fields) => write("info", message, fields),
    warn: (message, fields) => write("warn", message, fields),
    error: (message, fields) => write("error", message, fields),
  };
}

/**
 * A logger that writes to a pino logger.
 * @throws YTaskError `InvalidArgument` if it is not a pino logger
 */
export function fromPino(pino: PinoLike): Logger {
  checkOptions({ pino: pino ?? null }, { pino: rules.logger }, "fromPino: the argument");
  return byLevel((level, message, fields) => pino[level](fields ?? {}, message));
}

/** Whether it is a pino logger: it has all methods of a `Logger`, but takes fields first. */
export const isPino = (logger: object): boolean =>
  "levels" in logger && "bindings" in logger && typeof logger.bindings === "function";

/** A logger that writes to the console lines of at least `level`: the default of servers and clients. */
export function consoleLogger(level: Level): Logger {
  const least = levels.indexOf(level);
  return byLevel((at, message, fields) => {
    if (levels.indexOf(at) < least) return;
    if (fields === undefined) console[at](`[ytask] ${message}`);
    else console[at](`[ytask] ${message}`, fields);
  });
}

/**
 * The same logger, except that what it throws or rejects with is dropped: a log line must not end a task or the
 * process.
 */
export const harmless = (logger: Logger): Logger =>
  byLevel((level, message, fields) => {
    try {
      const written = logger[level](message, fields);
      return written instanceof Promise ? written.catch(() => undefined) : written;
    } catch {
      return undefined;
    }
  });

/** The same logger, but that each line has these fields too; those that a line is given come first. Harmless as well. */
export const withFields = (logger: Logger, bound: LogFields): Logger =>
  harmless(
    byLevel((level, message, fields) =>
      // An error given for the fields, as programs without types do, has nothing that a copy of it would have.
      logger[level](message, { ...bound, ...(isError(fields) ? errorFields(fields) : fields) }),
    ),
  );

/** A logger that writes nothing. */
export const silentLogger: Logger = byLevel(() => undefined);
