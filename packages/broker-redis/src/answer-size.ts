import { CallBrokeOff, type Connection } from "@ytask-internal/redis-connection";
import { mostBytes } from "./scripts/parts.js";

/** Any usable line carries this much. */
export const leastBytes = 64_000;

/**
 * How many bytes of messages one answer may carry. Halved after an answer that did not arrive in time, since the line
 * may be slow; doubled after one that came fast.
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

  /** Whether the size is smaller than usual. */
  get isReduced(): boolean {
    return this.#bytes < mostBytes;
  }

  /** Makes a call whose answer carries messages, and adapts the size to the outcome. */
  async measured(call: () => Promise<unknown>): Promise<unknown> {
    const beganAt = performance.now();
    try {
      const answer = await call();
      if (this.isReduced && Array.isArray(answer)) this.#came(lengthOf(answer), performance.now() - beganAt);
      return answer;
    } catch (error) {
      if (error instanceof CallBrokeOff) this.#bytes = Math.max(leastBytes, Math.floor(this.#bytes / 2));
      throw error;
    }
  }

  #came(bytes: number, tookMs: number): void {
    if (bytes > this.#bytes / 2 && tookMs < this.#connection.commandTimeoutMs / 4)
      this.#bytes = Math.min(mostBytes, this.#bytes * 2);
  }
}

/** How many characters the texts of an answer have. */
const lengthOf = (answer: readonly unknown[]): number =>
  answer.reduce<number>((sum, item) => sum + (typeof item === "string" ? item.length : 0), 0);
