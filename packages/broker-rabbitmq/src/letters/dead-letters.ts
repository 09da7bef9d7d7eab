import {
  bounded,
  type DeadLetters,
  ErrorCode,
  inPieces,
  type Letter,
  SendFailed,
  YTaskError,
} from "@ytask/core/driver";
import type { Channel, Message } from "amqplib";
import type { Connections } from "../connection/connections.js";
import { explain, NOT_FOUND, replyCode } from "../errors.js";
import { checkName, type QueueSpec } from "../queues/names.js";
import { isUniqueId, letterId, letterOf } from "../send/addressing.js";
import { LetterReader } from "./letter-reader.js";

export interface DeadLettersOptions {
  /** Where the letters are. */
  readonly from: QueueSpec;
  /** Where they are sent to again. */
  readonly to: QueueSpec;
  readonly isQuorum: boolean;
  readonly commandTimeoutMs: number;
  /** @throws YTaskError where the broker is closed */
  connections(): Connections;
  /** Runs only one look into a queue at a time: what one look holds, another cannot see. */
  exclusively<A>(queue: string, look: () => Promise<A>): Promise<A>;
}

/** How many letters are taken at a time to be sent again. */
const batch = 200;
/** How many bytes of them are sent in one call: as many as a slow line takes long before the call is given up. */
const mostBytesSent = 1_048_576;

/**
 * The dead letters of a queue. Reading takes them without an ack: they go back when the channel ends or this process
 * dies.
 */
export class RabbitMqDeadLetters implements DeadLetters {
  readonly #options: DeadLettersOptions;

  constructor(options: DeadLettersOptions) {
    this.#options = options;
  }

  async list({ limit = 100 }: { readonly limit?: number | undefined } = {}): Promise<readonly Letter[]> {
    return this.#read([], async (reader) => (await reader.take(limit)).map(letterOf));
  }

  async redrive(ids?: readonly string[], rewrite?: (letter: Letter) => string): Promise<number> {
    const wanted = ids === undefined ? undefined : new Set(ids);
    return this.#read(0, async (reader) => {
      let count = 0;
      for await (const letters of pagesOf(reader, wanted))
        count += await this.#sendAgain(reader, letters, rewrite);
      return count;
    });
  }

  async find(ids: readonly string[]): Promise<readonly Letter[]> {
    return this.#read([], async (reader) => {
      const found: Letter[] = [];
      for await (const letters of pagesOf(reader, new Set(ids))) found.push(...letters.map(letterOf));
      return found;
    });
  }

  async purge(): Promise<number> {
    const { from, commandTimeoutMs, exclusively } = this.#options;
    checkName(from);
    const askedAt = performance.now();
    return exclusively(from.name, async () => {
      // The caller has given up by then, and may have made other dead letters since.
      if (performance.now() - askedAt > 2 * commandTimeoutMs)
        throw new YTaskError(
          ErrorCode.Connection,
          `Could not purge ${from.name}: it is being read; try again`,
        );
      return this.#purge();
    });
  }

  async #purge(): Promise<number> {
    const { connections, from } = this.#options;
    return connections().questions.ask(`Could not purge ${from.name}`, async (channel) => {
      try {
        return (await channel.purgeQueue(from.name)).messageCount;
      } catch (error) {
        if (replyCode(error) === NOT_FOUND) return 0;
        throw error;
      }
    });
  }

  async #sendAgain(
    reader: LetterReader,
    letters: readonly Message[],
    rewrite: (letter: Letter) => string = (letter) => letter.body,
  ): Promise<number> {
    const { connections, to } = this.#options;
    for (const piece of inPieces(letters, batch, mostBytesSent, ({ content }) => content.length)) {
      const copies = piece.map((letter) => ({ to, body: rewritten(letter, rewrite) }));
      const sent = await connections().sender.send(copies);
      reader.remove(piece.filter((_, index) => sent[index]?.kind === "stored"));
      const failed = sent.find((outcome) => outcome.kind !== "stored");
      if (failed === undefined) continue;
      const message = `Some dead letters could not be sent again, and stay: ${failed.error.message}`;
      throw new SendFailed(message, {}, { cause: failed.error });
    }
    return letters.length;
  }

  /** Reads on a separate channel. Resolves to `none` if there is no such queue. */
  async #read<A>(none: A, read: (reader: LetterReader) => Promise<A>): Promise<A> {
    checkName(this.#options.from);
    return this.#options.exclusively(this.#options.from.name, async () => {
      const channel = await this.#openChannel();
      const { from, isQuorum, commandTimeoutMs, connections } = this.#options;
      const reader = new LetterReader({
        queue: from.name,
        channel,
        isQuorum,
        commandTimeoutMs,
        countFromOutside: () => connections().queues.count(from.name),
      });
      try {
        const result = await read(reader);
        await reader.giveBack();
        return result;
      } catch (error) {
        if (error instanceof Error && replyCode(error.cause) === NOT_FOUND) return none;
        // Letters that could not be given back here are given back when the channel closes, in whatever order.
        await reader.giveBack().catch(() => undefined);
        throw error;
      } finally {
        channel.close().catch(() => undefined);
      }
    });
  }

  async #openChannel(): Promise<Channel> {
    const { connections, commandTimeoutMs } = this.#options;
    const link = connections().consume;
    const opening = link.client.createChannel();
    try {
      const channel = await bounded(opening, commandTimeoutMs, () => {
        throw link.lastError ?? new Error(`no channel within ${commandTimeoutMs} ms`);
      });
      channel.on("error", () => undefined);
      return channel;
    } catch (error) {
      // If the connection is down, the channel opens when it is back, and nobody needs it then.
      opening.then(
        (late) => late.close(),
        () => undefined,
      );
      // A limit of channels ends the connection, which amqplib tells of the channel alone.
      throw explain(link.lastError ?? error, "Could not read dead letters");
    }
  }
}

/** The body to send. One that is left as it was keeps its bytes, which may be no UTF-8. */
function rewritten(message: Message, rewrite: (letter: Letter) => string): Buffer {
  const letter = letterOf(message);
  const body = rewrite(letter);
  return body === letter.body ? message.content : Buffer.from(body);
}

/** The letters there are, or those that are wanted, until all of these were found. */
async function* pagesOf(reader: LetterReader, wanted?: Set<string>): AsyncGenerator<readonly Message[]> {
  // No more than there are now: otherwise what soon fails again would be sent again and again.
  for (let left = await reader.count(); left > 0 && wanted?.size !== 0; ) {
    // The letters of a page that was listed come next: then nothing is taken that must be given back.
    const most = reader.holdsNothing ? Math.min(batch, wanted?.size ?? batch) : batch;
    const taken = await reader.take(Math.min(most, left));
    if (taken.length === 0) return;
    left -= taken.length;
    yield wanted === undefined ? taken : chosen(taken, wanted);
  }
}

/**
 * The letters whose ids are wanted; of each, the id is removed. One that is not unique stays wanted until the end. The
 * content of the others is let go: they are only given back, and all of a queue together may be too much to hold.
 */
function chosen(letters: readonly Message[], wanted: Set<string>): readonly Message[] {
  return letters.filter((letter) => {
    const id = letterId(letter);
    const isChosen = isUniqueId(id) ? wanted.delete(id) : wanted.has(id);
    if (!isChosen) letter.content = empty;
    return isChosen;
  });
}

const empty = Buffer.alloc(0);
