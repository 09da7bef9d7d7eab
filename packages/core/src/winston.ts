import { resolve } from "node:path";
import { createLogger, format, transports } from "winston";
import { checkOptions, rules } from "./check-options.js";
import { LogFile } from "./log/log-file.js";
import type { Logger } from "./log/logger.js";

/** Where and how much a winston logger writes. */
export interface WinstonLoggerOptions {
  /** The lowest level that is written. Default "info". */
  readonly level?: "debug" | "info" | "warn" | "error" | undefined;
  /** The path of a log file; one JSON object a line. Without it, lines go to the console. */
  readonly file?: string | undefined;
}

/** A winston logger, and how to end it. */
export interface ClosableLogger extends Logger {
  /** Resolves once every line is written. What is logged afterwards is lost. */
  close(): Promise<void>;
}

const optionRules = {
  level: rules.oneOf("debug", "info", "warn", "error"),
  file: rules.text,
};

/**
 * A winston logger for a server or client: to a file, or to the console. A file that is deleted or renamed, as by log
 * rotation, is created again with the next line, its folder too; no line is lost.
 *
 * @throws YTaskError `InvalidArgument` for an option that is unknown or not allowed
 */
export function createWinstonLogger(options: WinstonLoggerOptions = {}): ClosableLogger {
  checkOptions(options, optionRules, "createWinstonLogger: options");
  const { level = "info", file } = options;
  const stream = file === undefined ? undefined : new LogFile(resolve(file));
  const logger = createLogger({
    level,
    format: format.combine(format.timestamp(), format.json()),
    transports: [stream === undefined ? new transports.Console() : new transports.Stream({ stream })],
  });
  // A line after `close` is an error of the stream. Without a listener it would end the process.
  logger.on("error", () => undefined);
  let closed: Promise<void> | undefined;
  const close = async () => {
    await new Promise<void>((done) => void logger.once("finish", done).end());
    if (stream !== undefined) await new Promise<void>((done) => void stream.end(done));
  };
  return Object.assign(logger, { close: () => (closed ??= close()) });
}
