import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { Writable } from "node:stream";
import { messageOf } from "../errors.js";

/**
 * A log file as a stream. Each batch of lines opens the file by its path, so a file that was deleted, renamed or
 * rotated is created again with the next line, its folder too, and no line goes to the old file. What cannot be written
 * goes to stderr; the stream never fails.
 */
export class LogFile extends Writable {
  readonly #path: string;
  #isBroken = false;

  constructor(path: string) {
    super({ decodeStrings: false });
    this.#path = path;
  }

  override _write(line: string, _encoding: BufferEncoding, done: () => void): void {
    void this.#append(line).then(done);
  }

  /** Writes what was logged while the previous batch was being written. */
  override _writev(lines: readonly { readonly chunk: string }[], done: () => void): void {
    void this.#append(lines.map(({ chunk }) => chunk).join("")).then(done);
  }

  async #append(text: string): Promise<void> {
    try {
      await appendFile(this.#path, text).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
        await mkdir(dirname(this.#path), { recursive: true });
        await appendFile(this.#path, text);
      });
      this.#isBroken = false;
    } catch (error) {
      if (!this.#isBroken)
        process.stderr.write(`[ytask] cannot write to the log file; it goes here: ${messageOf(error)}\n`);
      this.#isBroken = true;
      process.stderr.write(text);
    }
  }
}
