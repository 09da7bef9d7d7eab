import type { DeadLetterReason, DeadLetters, Letter } from "@ytask/core/driver";
import { type Connection, inPieces } from "@ytask-internal/redis-connection";
import type { QueueKeys } from "./queue-keys.js";
import { letters } from "./scripts/letters.js";
import { purge } from "./scripts/purge.js";
import { redrive } from "./scripts/redrive.js";

/** The most letters that a call reads or puts back; fewer if they are long. */
const mostAtOnce = 200;

type StreamEntry = readonly [id: string, fields: readonly string[]];
type Range = readonly [first: string, last: string];

/** A letter that is to be put back. */
interface Order {
  readonly id: string;
  /** Undefined: as it was. */
  readonly body: string | undefined;
}

/** The dead letters of one queue: a stream, whose ids tell when each was added by Redis' clock. */
export class RedisDeadLetters implements DeadLetters {
  readonly #connection: () => Connection;
  readonly #keys: QueueKeys;

  constructor(connection: () => Connection, keys: QueueKeys) {
    this.#connection = connection;
    this.#keys = keys;
  }

  async list(options: { readonly limit?: number | undefined } = {}): Promise<readonly Letter[]> {
    const limit = options.limit ?? 100;
    const found: Letter[] = [];
    for await (const some of this.#pages("+", limit)) found.push(...some);
    return found;
  }

  async find(ids: readonly string[]): Promise<readonly Letter[]> {
    const all: Letter[] = [];
    for await (const found of this.#named(ids.filter(isStreamId))) all.push(...found);
    return all;
  }

  async redrive(ids?: readonly string[], rewrite?: (letter: Letter) => string): Promise<number> {
    if (ids === undefined) return this.#redriveAll(rewrite);
    const valid = ids.filter(isStreamId);
    if (rewrite === undefined) return this.#putBack(valid.map((id) => ({ id, body: undefined })));
    let count = 0;
    for await (const found of this.#named(valid)) count += await this.#putBack(found.map(ordered(rewrite)));
    return count;
  }

  async purge(): Promise<number> {
    const count = await this.#connection().use((client) => purge.run(client, [this.#keys.dead], []));
    return Number(count);
  }

  /** Redrives letters up to the one that is last now: those put back may fail again meanwhile. */
  async #redriveAll(rewrite: ((letter: Letter) => string) | undefined): Promise<number> {
    const newest = await this.#connection().use((client) =>
      client.xrevrange(this.#keys.dead, "+", "-", "COUNT", 1),
    );
    const last = newest[0]?.[0];
    if (last === undefined) return 0;
    let count = 0;
    for await (const found of this.#pages(last)) count += await this.#putBack(found.map(ordered(rewrite)));
    return count;
  }

  /** The letters with these ids, as far as they exist. */
  async *#named(ids: readonly string[]): AsyncGenerator<readonly Letter[]> {
    for (let left = ids; left.length > 0; ) {
      const ranges = left.slice(0, mostAtOnce).map((id): Range => [id, id]);
      const { passed, found } = await this.#read(ranges, mostAtOnce);
      yield found;
      left = left.slice(passed);
    }
  }

  /** The letters up to an id, the oldest first; at most `limit`. */
  async *#pages(to: string, limit = Number.POSITIVE_INFINITY): AsyncGenerator<readonly Letter[]> {
    let left = limit;
    for (let first = "-"; left > 0; ) {
      const { passed, found } = await this.#read([[first, to]], Math.min(mostAtOnce, left));
      const end = found.at(-1);
      if (end === undefined) return;
      yield found;
      if (passed === 1) return;
      left -= found.length;
      first = `(${end.id}`;
    }
  }

  async #putBack(orders: readonly Order[]): Promise<number> {
    const { dead, queue } = this.#keys;
    let count = 0;
    for (const piece of inPieces(orders, mostAtOnce, ({ body }) => body?.length ?? 0))
      for (let left = piece; left.length > 0; ) {
        const values = left.flatMap(({ id, body }) => [id, body === undefined ? "" : `=${body}`]);
        const reply = await this.#connection().use((client) => redrive.run(client, [dead, queue], values));
        const [passed, moved] = reply as [number, number]; // what the script returns
        count += moved;
        left = left.slice(passed);
      }
    return count;
  }

  /** Letters of these ranges, and how many of the ranges were read to their end. */
  async #read(
    ranges: readonly Range[],
    limit: number,
  ): Promise<{ readonly passed: number; readonly found: readonly Letter[] }> {
    const values = [limit, ...ranges.flat()];
    const reply = await this.#connection().use((client) => letters.run(client, [this.#keys.dead], values));
    const [passed, entries] = reply as [number, StreamEntry[]]; // what the script returns
    return { passed, found: entries.map(letterOf) };
  }
}

const ordered =
  (rewrite: ((letter: Letter) => string) | undefined) =>
  (letter: Letter): Order => ({ id: letter.id, body: rewrite?.(letter) });

/**
 * Ids may come from a user, and Redis answers with an error to one that is malformed. It would find a letter under an id
 * with zeros in front too, which is not the letter's.
 */
const isStreamId = (id: string): boolean => /^(0|[1-9]\d{0,18})-(0|[1-9]\d{0,18})$/.test(id);

function letterOf([id, fields]: StreamEntry): Letter {
  const [, body = "", , reason = "", , error] = fields;
  return {
    id,
    body,
    reason: reason as DeadLetterReason, // what the settle script stored
    ...(error ? { error } : {}),
    at: new Date(Number.parseInt(id, 10)),
  };
}
