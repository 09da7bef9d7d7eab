import { CallBrokeOff, type Connection } from "@ytask-internal/redis-connection";
import { mostBytes } from "./scripts/parts.js";

/** So much comes through any line that is worth the name. */
export const leastBytes = 64_000;

/**
 * How many bytes of messages one answer may carry. Half as many after one that did not come through, since the line may
 * be slow; twice as many after one that came fast.
 */
export class AnswerSize {
  readonly #connection: Connection;
  #bytes = mostBytes;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether it is less than usual. */
  get isReduced(): boolean {
    return this.#bytes < mostBytes;
  }

  /** To be called with what a call threw. */
  failed(error: unknown): void {
    if (error instanceof CallBrokeOff) this.#bytes = Math.max(leastBytes, Math.floor(this.#bytes / 2));
  }

  /** To be called with how many bytes an answer carried, and how long it took, in milliseconds. */
  came(bytes: number, tookMs: number): void {
    if (bytes > this.#bytes / 2 && tookMs < this.#connection.commandTimeoutMs / 4)
      this.#bytes = Math.min(mostBytes, this.#bytes * 2);
  }
}
