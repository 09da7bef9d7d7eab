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

  /** Makes a call whose answer carries messages, and learns from how that went. */
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
