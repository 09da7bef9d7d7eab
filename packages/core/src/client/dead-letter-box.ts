import { randomUUID } from "node:crypto";
import type { Backend } from "../backend.js";
import type { Broker, DeadLetterReason, DeadLetters, Letter } from "../broker.js";
import { checkOptions, invalid, rules } from "../check-options.js";
import { ErrorCode, YTaskError } from "../errors.js";
import { queueKey, type WireVersion } from "../keys.js";
import { isExpired, type Message, parseMessage, serializeMessage } from "../message.js";
import type { Expiry } from "../results/status-writer.js";
import type { Clock } from "../time/clock.js";
import { answerOf } from "./answer-of.js";
import { allLetters, lettersOf, type NextLetters } from "./letters-to-redrive.js";
import { PageSize } from "./page-size.js";
import { RedriveMarks } from "./redrive-marks.js";

/** A message that was given up. */
export interface DeadLetter {
  /** Identifies the letter in `redrive`. */
  readonly id: string;
  /** The id and the name of its task; undefined if the body cannot be read. */
  readonly taskId: string | undefined;
  readonly name: string | undefined;
  readonly body: string;
  readonly reason: DeadLetterReason;
  readonly error: string | undefined;
  readonly at: Date;
}

/** The dead letters of a group. They stay until they are sent again or purged. */
export class DeadLetterBox {
  readonly #broker: Broker;
  readonly #queue: string;
  readonly #letters: DeadLetters;
  readonly #wireVersion: WireVersion;
  readonly #marks: RedriveMarks;
  readonly #clock: Clock;
  readonly #connect: () => Promise<void>;

  constructor(
    group: string,
    options: {
      readonly broker: Broker;
      readonly backend: Backend | undefined;
      readonly expiry: Expiry;
      readonly wireVersion: WireVersion;
      readonly clock: Clock;
    },
    connect: () => Promise<void>,
  ) {
    this.#broker = options.broker;
    this.#queue = queueKey(group, options.wireVersion);
    this.#letters = options.broker.deadLetters(this.#queue);
    this.#wireVersion = options.wireVersion;
    this.#marks = new RedriveMarks(group, this.#queue, options);
    this.#clock = options.clock;
    this.#connect = connect;
  }

  /**
   * The oldest letters first; at most `limit`, default 100.
   *
   * @throws YTaskError `InvalidArgument` for a bad option; `Closed` after the client's `close`; `Connection`,
   * `AccessRefused` or `UnsupportedServer` if broker or backend cannot be used
   */
  async list(options: { readonly limit?: number | undefined } = {}): Promise<readonly DeadLetter[]> {
    checkOptions(options, { limit: rules.positiveCount }, "deadLetters.list: options");
    await this.#answer(this.#connect());
    const letters = await this.#answer(this.#letters.list({ limit: options.limit ?? 100 }));
    return letters.map(({ id, body, reason, error, at }) => {
      const message = readMessage(body);
      return {
        id,
        taskId: message?.id || undefined,
        name: message?.name || undefined,
        body,
        reason,
        error,
        at,
      };
    });
  }

  /**
   * Sends letters again, those of the ids or all: with all their retries, with `Sent` stored over the old result, with
   * their abort flags cleared, and without an expiry that has passed. Resolves to how many were sent again.
   *
   * Ids that are gone are skipped. Letters that another call is sending again are left to that call; if it crashed, or
   * rejected with `Connection` or `TimeOut`, for up to a minute. If this rejects, some may have been sent: each letter is either still here or back in its
   * queue. A client without the servers' backend cannot replace results: the tasks run, and their old failures stay.
   *
   * @throws YTaskError `InvalidArgument` if `ids` is not an array of strings; `Backend` if the old results could not be
   * replaced; `SendMessage` or `ServerFull` if the broker did not take all of them; otherwise as `list`
   */
  async redrive(ids?: readonly string[]): Promise<number> {
    if (ids !== undefined && !(Array.isArray(ids) && ids.every((id) => typeof id === "string")))
      throw invalid("deadLetters.redrive: give the ids of letters, or nothing for all of them");
    await this.#answer(this.#connect());
    return this.#redriveAll(
      ids === undefined ? await this.#allLetters() : lettersOf(ids, this.#letters, this.#answer),
    );
  }

  /**
   * Deletes all of them, and with them their tasks. Resolves to how many were deleted.
   *
   * @throws YTaskError `InvalidArgument` for any argument, undefined too: who gives ids means some of them; else as `list`
   */
  async purge(...refused: readonly never[]): Promise<number> {
    if (refused.length > 0)
      throw invalid(
        "deadLetters.purge: it takes no argument, and deletes all dead letters of the group; redrive takes ids",
      );
    await this.#answer(this.#connect());
    return this.#answer(this.#letters.purge());
  }

  async #allLetters(): Promise<NextLetters> {
    const { dead = Number.MAX_SAFE_INTEGER } = await this.#answer(this.#broker.counts(this.#queue));
    return allLetters(this.#letters, dead, this.#answer);
  }

  async #redriveAll(next: NextLetters): Promise<number> {
    const size = new PageSize(this.#clock);
    for (let total = 0; ; ) {
      const moved = await size.measured(async (most) => {
        const page = await next(most, total);
        return page.length === 0 ? undefined : this.#redrivePage(page);
      });
      if (moved === undefined) return total;
      total += moved;
    }
  }

  /** Claims letters first, so that only one of two calls sends a letter again and resets its result. */
  async #redrivePage(page: readonly Letter[]): Promise<number> {
    const executionId = randomUUID();
    const letters = await this.#marks.claim(page, executionId);
    if (letters.length === 0) return 0;
    // Results next: a task that runs at once must find no old result, and its own must not be overwritten.
    try {
      await this.#marks.resetResults(
        letters.flatMap(({ body }) => readMessage(body) ?? []),
        executionId,
      );
    } catch (error) {
      await this.#marks.unclaim(letters);
      throw error;
    }
    const redriving = this.#sendAgain(letters, executionId);
    redriving.catch((error) => (mayStillHappen(error) ? undefined : this.#marks.unclaim(letters)));
    return this.#answer(redriving);
  }

  #sendAgain(letters: readonly Letter[], executionId: string): Promise<number> {
    const ids = letters.map(({ id }) => id);
    return this.#letters.redrive(ids, ({ body }) => {
      const message = readMessage(body);
      return message === undefined
        ? body
        : serializeMessage(restored(message, executionId, this.#clock.now()), this.#wireVersion);
    });
  }

  readonly #answer = <T>(call: Promise<T>): Promise<T> =>
    answerOf(call, "the broker or backend", this.#clock);
}

/**
 * The task as it was first sent: with all its retries, and as an execution of its own. It does not keep an expiry that
 * has passed: with it, the task would be gone without having run, and without a letter.
 */
function restored(message: Message, executionId: string, now: number): Message {
  return {
    ...message,
    expireTime: isExpired(message, now) ? undefined : message.expireTime,
    retryCount: Math.max(0, message.retryCount) + (message.extra.retried ?? 0),
    extra: { ...message.extra, executionId, retried: undefined, unknownForMs: undefined },
  };
}

/** Whether the call that failed so may move letters yet: then nobody else may, or replace the results of their tasks. */
const mayStillHappen = (error: unknown): boolean =>
  !YTaskError.isInstance(error) || error.code === ErrorCode.Connection || error.code === ErrorCode.TimeOut;

function readMessage(body: string): Message | undefined {
  try {
    return parseMessage(body);
  } catch {
    return undefined;
  }
}
