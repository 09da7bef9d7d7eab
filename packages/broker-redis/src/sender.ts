import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ErrorCode, type Outgoing, partsByKey, SendFailed, YTaskError } from "@ytask/core/driver";
import { CallBrokeOff, type Connection, inPieces, isReply } from "@ytask-internal/redis-connection";
import { queueKeys } from "./queue-keys.js";
import { send } from "./scripts/send.js";

/** How long a stored batch is remembered, in milliseconds, so that it is not stored again. */
const rememberedMs = 600_000;
/** The most messages of one call to Redis. */
const mostMessages = 1_000;
/**
 * For how many queues confirmed tokens are noted. Beyond that the notes are dropped: Redis then forgets the tokens
 * later, by itself.
 */
const mostNotedQueues = 1_000;
/** The most messages that may wait for Redis to come back; further sends fail at once. */
const mostWaiting = 10_000;
/** How long to rest before a call is made again, in milliseconds. */
const restMs = 50;
/**
 * How much of a call's bound must be left for one more try. With less it may not be answered in time, which would take
 * the connection from all others, and leave unknown what was refused before.
 */
const leastShare = 1 / 8;

/** The outcome of a batch. */
type Fate = Stored | Failed;
interface Stored {
  readonly kind: "stored";
  /** Whether no call of it broke off, which might still arrive. */
  readonly isSure: boolean;
}
interface Failed {
  readonly kind: "notStored" | "unknown";
  readonly error: YTaskError;
}

/** Messages for one queue, and their places among all that are sent. */
interface Piece {
  readonly queue: string;
  readonly messages: readonly Outgoing[];
  readonly indices: readonly number[];
}

/** Sends messages: those for one queue in as few calls as possible. A call is repeated if its answer was lost. */
export class Sender {
  readonly #connection: Connection;
  readonly #id = randomBytes(6).toString("base64url");
  /** For each queue, tokens whose batches are stored and will not be sent again: the server may forget them. */
  readonly #confirmed = new Map<string, string[]>();
  #batches = 0;
  #waiting = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** As `Broker.send`. */
  async send(messages: readonly Outgoing[]): Promise<void> {
    const pieces = byQueue(messages).flatMap(inCalls);
    const fates = await Promise.all(pieces.map((piece) => this.#store(piece.queue, piece.messages)));
    check(messages, pieces, fates);
  }

  /**
   * Sends messages that are stored once, however often this is called with the same token. Resolves to a function to
   * call when it will not be called with the token again; or to undefined if a call to Redis broke off, and may still
   * arrive.
   */
  async sendOnce(messages: readonly Outgoing[], token: string): Promise<(() => void) | undefined> {
    const pieces = byQueue(messages);
    const fates = await Promise.all(pieces.map((piece) => this.#store(piece.queue, piece.messages, token)));
    check(messages, pieces, fates);
    if (!fates.every(isSurelyStored)) return undefined;
    return () => {
      for (const { queue } of pieces) this.#forgetLater(queue, token);
    };
  }

  async #store(queue: string, messages: readonly Outgoing[], token?: string): Promise<Fate> {
    if (!this.#connection.isReady && this.#waiting + messages.length > mostWaiting)
      return { kind: "notStored", error: tooManyWaiting() };
    this.#waiting += messages.length;
    try {
      return await this.#tryToStore(queue, messages, token);
    } finally {
      this.#waiting -= messages.length;
    }
  }

  async #tryToStore(queue: string, messages: readonly Outgoing[], given: string | undefined): Promise<Fate> {
    const token = given ?? `${this.#id}.${++this.#batches}`;
    const { commandTimeoutMs } = this.#connection;
    const end = performance.now() + commandTimeoutMs;
    const lastTry = end - commandTimeoutMs * leastShare;
    let refusal: YTaskError | undefined;
    for (let sent = false; ; ) {
      const leftMs = end - performance.now();
      try {
        await this.#call(queue, messages, token, leftMs);
        if (!sent && given === undefined) this.#forgetLater(queue, token);
        return { kind: "stored", isSure: !sent };
      } catch (thrown) {
        const error = thrown as YTaskError; // `Connection.use` throws nothing else
        sent ||= error instanceof CallBrokeOff;
        // An answer of Redis says more than that, on the last try, there was no connection.
        if (isReply(error.cause)) refusal = error;
        const over = performance.now() + restMs >= lastTry;
        if (over || error.code !== ErrorCode.Connection)
          return sent ? { kind: "unknown", error } : { kind: "notStored", error: refusal ?? error };
        await sleep(restMs);
      }
    }
  }

  async #call(queue: string, messages: readonly Outgoing[], token: string, boundMs: number): Promise<void> {
    const { arrived, delayed, sent } = queueKeys(queue);
    const tail: string[] = [];
    const front: string[] = [];
    const later: (string | number)[] = [];
    for (const { body, front: first, delayMs = 0 } of messages)
      if (delayMs > 0) later.push(Math.ceil(delayMs), first ? "h" : "t", body);
      else (first ? front : tail).push(body);
    const confirmed = this.#confirmed.get(queue)?.splice(0, 1_000) ?? [];
    const counts = [rememberedMs, confirmed.length, tail.length, front.length];
    await this.#connection.use(
      (client) =>
        send.run(
          client,
          [queue, arrived, delayed, sent],
          [token, ...counts, ...confirmed, ...tail, ...front, ...later],
        ),
      boundMs,
    );
  }

  /** Makes the server forget a token with the next batch for its queue. */
  #forgetLater(queue: string, token: string): void {
    if (this.#confirmed.size > mostNotedQueues) this.#confirmed.clear();
    const tokens = this.#confirmed.get(queue);
    if (tokens === undefined) this.#confirmed.set(queue, [token]);
    else tokens.push(token);
  }
}

/** One piece for each queue, of any length. Refuses a queue whose name is not allowed. */
const byQueue = (messages: readonly Outgoing[]): readonly Piece[] =>
  partsByKey(messages, ({ queue }) => queue).map(({ key: queue, items, indices }) => {
    queueKeys(queue);
    return { queue, messages: items, indices };
  });

/** Splits a piece, in order, into as few as fit into a call each. */
function inCalls({ queue, messages, indices }: Piece): readonly Piece[] {
  let from = 0;
  return inPieces(messages, mostMessages, ({ body }) => body.length).map((own) => {
    const piece = { queue, messages: own, indices: indices.slice(from, from + own.length) };
    from += own.length;
    return piece;
  });
}

const isSurelyStored = (fate: Fate): boolean => fate.kind === "stored" && fate.isSure;

/**
 * @param fates what became of each piece
 * @throws SendFailed unless all are stored
 */
function check(messages: readonly Outgoing[], pieces: readonly Piece[], fates: readonly Fate[]): void {
  const failed = fates.find((fate): fate is Failed => fate.kind !== "stored");
  if (failed === undefined) return;
  const indicesOf = (kind: Failed["kind"]): readonly number[] =>
    pieces
      .flatMap(({ indices }, piece) => (fates[piece]?.kind === kind ? indices : []))
      .sort((one, other) => one - other);
  const notStored = indicesOf("notStored");
  const unknown = indicesOf("unknown");
  const count = notStored.length + unknown.length;
  throw new SendFailed(
    `${count} of ${messages.length} messages were not confirmed: ${failed.error.message}`,
    { notStored, unknown },
    { cause: failed.error },
  );
}

const tooManyWaiting = (): YTaskError =>
  new YTaskError(
    ErrorCode.Connection,
    `Redis is not connected, and ${mostWaiting} messages wait for it already; try again later`,
  );
