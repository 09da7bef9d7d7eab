import type { LogFields, Logger } from "../../src/index.js";

interface Line {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** A logger that keeps what it is given. */
export class Log implements Logger {
  readonly lines: Line[] = [];

  debug(message: string, fields?: LogFields): void {
    this.lines.push({ level: "debug", message, fields });
  }
  info(message: string, fields?: LogFields): void {
    this.lines.push({ level: "info", message, fields });
  }
  warn(message: string, fields?: LogFields): void {
    this.lines.push({ level: "warn", message, fields });
  }
  error(message: string, fields?: LogFields): void {
    this.lines.push({ level: "error", message, fields });
  }

  /** The lines whose message holds a text. */
  saying(text: string): readonly Line[] {
    return this.lines.filter(({ message }) => message.includes(text));
  }
}
