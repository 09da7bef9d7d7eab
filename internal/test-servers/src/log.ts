interface Line {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

/** A logger that keeps what it is given. */
export class Log {
  readonly lines: Line[] = [];

  debug(message: string, fields?: Line["fields"]): void {
    this.lines.push({ level: "debug", message, fields });
  }
  info(message: string, fields?: Line["fields"]): void {
    this.lines.push({ level: "info", message, fields });
  }
  warn(message: string, fields?: Line["fields"]): void {
    this.lines.push({ level: "warn", message, fields });
  }
  error(message: string, fields?: Line["fields"]): void {
    this.lines.push({ level: "error", message, fields });
  }

  /** The lines whose message holds a text. */
  saying(text: string): readonly Line[] {
    return this.lines.filter(({ message }) => message.includes(text));
  }

  /** The lines of one task. */
  of(id: string): readonly Line[] {
    return this.lines.filter(({ fields }) => fields?.id === id);
  }
}
