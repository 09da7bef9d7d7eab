import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { createLogger, format, transports } from "winston";
import type { Logger } from "./logger.js";

/** Where and how much a winston logger writes. */
export interface WinstonLoggerOptions {
  /** The least level that is written. Default "info". */
  readonly level?: "debug" | "info" | "warn" | "error" | undefined;
  /** The path of a log file; one JSON object a line. Without it, lines go to the console. */
  readonly file?: string | undefined;
}

/** How often it is looked whether the file is still there, in milliseconds. */
const lookEveryMs = 1_000;

/**
 * A winston logger for a server or client: to a file, or to the console. A file that is deleted or renamed, as log
 * rotation does, is made anew.
 */
export function createWinstonLogger(options: WinstonLoggerOptions = {}): Logger & { close(): void } {
  const { level = "info", file } = options;
  const lines = format.combine(format.timestamp(), format.json());
  if (file === undefined)
    return createLogger({ level, format: lines, transports: [new transports.Console()] });
  const path = resolve(file);
  const logger = createLogger({ level, format: lines });
  const open = () => {
    logger.clear();
    logger.add(new transports.File({ filename: path }));
  };
  void mkdir(dirname(path), { recursive: true });
  open();
  const watching = setInterval(() => {
    if (!existsSync(path)) open();
  }, lookEveryMs);
  watching.unref();
  logger.on("close", () => clearInterval(watching));
  return logger;
}
