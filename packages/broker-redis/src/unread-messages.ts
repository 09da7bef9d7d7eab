import type { Connection } from "@ytask-internal/redis-connection";
import { type AnswerSize, leastBytes } from "./answer-size.js";
import { tokenNumber } from "./delivery-token.js";
import { read } from "./scripts/read.js";

/** The most bodies that one call reads: what Lua can unpack. */
const mostReadAtOnce = 1_000;
/** How often a body that has an answer to itself may take too long. */
const mostTimeouts = 2;

/** A message whose body does not arrive in time. */
export interface StuckMessage {
  readonly token: string;
  /** The length of its body, in bytes. */
  readonly bytes: number;
}

/**
 * The messages that, according to the server, belong to a consumer that has not handed them out: they are in the hash,
 * and are to be read from there.
 */
export class UnreadMessages {
  readonly #connection: Connection;
  readonly #answerSize: AnswerSize;
  #tokens: readonly string[] = [];
  /** The first of them, if it did not arrive even alone. */
  #stuck: (StuckMessage & { timeouts: number }) | undefined;

  constructor(connection: Connection, answerSize: AnswerSize) {
    this.#connection = connection;
    this.#answerSize = answerSize;
  }

  /** Their tokens, in the order in which they were reserved. */
  get tokens(): readonly string[] {
    return this.#tokens;
  }

  /** The message whose body took too long too often, and holds up all others. */
  get stuck(): StuckMessage | undefined {
    const stuck = this.#stuck;
    return stuck !== undefined && stuck.timeouts >= mostTimeouts && this.#tokens[0] === stuck.token
      ? stuck
      : undefined;
  }

  /** Call it with the tokens of all messages that there are, in any order. */
  replace(tokens: readonly string[]): void {
    this.#tokens = [...tokens].sort((one, other) => tokenNumber(one) - tokenNumber(other));
  }

  /** Call it when these were handed out, or are no longer held. */
  forget(tokens: readonly string[]): void {
    const gone = new Set(tokens);
    this.#tokens = this.#tokens.filter((token) => !gone.has(token));
    if (this.#stuck !== undefined && gone.has(this.#stuck.token)) this.#stuck = undefined;
  }

  /**
   * Token and body of the first messages, as many as fit into an answer; null for the body of one that is not in the
   * hash.
   */
  async read(hash: string, limit: number): Promise<readonly (readonly [string, string | null])[]> {
    let tokens = this.#tokens.slice(0, Math.min(limit, mostReadAtOnce));
    const [first = ""] = tokens;
    // After a failure the length is asked for, to distinguish one body from a batch, and to know what to blame.
    const isReduced = this.#answerSize.isReduced;
    const bytes = isReduced ? await this.#connection.use((client) => client.hstrlen(hash, first)) : 0;
    if (isReduced && bytes >= this.#answerSize.bytes) tokens = [first];
    const isToBlame = tokens.length === 1 && bytes > leastBytes;
    let askedAt = Number.POSITIVE_INFINITY;
    const reply = await this.#answerSize
      .measured(() =>
        this.#connection.use((client) => {
          askedAt = performance.now();
          return read.run(client, [hash], [this.#answerSize.bytes, ...tokens]);
        }),
      )
      .catch((error: unknown) => {
        // A connection that was cut says nothing about the length.
        const isTimeout = performance.now() - askedAt >= this.#connection.commandTimeoutMs * 0.9;
        if (isToBlame && isTimeout) this.#blame(first, bytes);
        throw error;
      });
    const bodies = reply as (string | null)[]; // what the script returns
    return bodies.map((body, index) => [tokens[index] ?? "", body]);
  }

  #blame(token: string, bytes: number): void {
    if (this.#stuck?.token === token) this.#stuck.timeouts++;
    else this.#stuck = { token, bytes, timeouts: 1 };
  }
}
