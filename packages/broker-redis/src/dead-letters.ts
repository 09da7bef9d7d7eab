import type { DeadLetterReason, DeadLetters, Letter } from "@ytask/core/driver";
import type { Connection } from "@ytask-internal/redis-connection";
import type { QueueKeys } from "./queue-keys.js";
import { purge } from "./scripts/purge.js";
import { redrive } from "./scripts/redrive.js";

/** How many letters a call reads, or puts back. */
const page = 200;

type StreamEntry = readonly [id: string, fields: readonly string[]];

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
    const letters: Letter[] = [];
    for await (const some of this.#pages("+", limit)) letters.push(...some);
    return letters;
  }

  async redrive(ids?: readonly string[], rewrite?: (letter: Letter) => string): Promise<number> {
    if (ids === undefined) return this.#redriveAll(rewrite);
    let count = 0;
    for (let from = 0; from < ids.length; from += page) {
      const some = ids.slice(from, from + page);
      count += await this.#putBack(some, rewrite && (await this.#readEach(some)), rewrite);
    }
    return count;
  }

  async purge(): Promise<number> {
    const count = await this.#connection().use((client) => purge.run(client, [this.#keys.dead], []));
    return Number(count);
  }

  /** Up to the letter that is last now: those put back may fail again meanwhile. */
  async #redriveAll(rewrite: ((letter: Letter) => string) | undefined): Promise<number> {
    const newest = await this.#connection().use((client) =>
      client.xrevrange(this.#keys.dead, "+", "-", "COUNT", 1),
    );
    const last = newest[0]?.[0];
    if (last === undefined) return 0;
    let count = 0;
    for await (const letters of this.#pages(last))
      count += await this.#putBack(
        letters.map(({ id }) => id),
        letters,
        rewrite,
      );
    return count;
  }

  /** The letters up to an id, the oldest first; at most `limit`. */
  async *#pages(to: string, limit = Number.POSITIVE_INFINITY): AsyncGenerator<readonly Letter[]> {
    let left = limit;
    for (let after = "-"; left > 0; ) {
      const wanted = Math.min(page, left);
      const letters = await this.#read(after, to, wanted);
      const end = letters.at(-1);
      if (end === undefined) return;
      yield letters;
      if (letters.length < wanted) return;
      left -= letters.length;
      after = `(${end.id}`;
    }
  }

  async #putBack(
    ids: readonly string[],
    letters: readonly Letter[] | undefined,
    rewrite: ((letter: Letter) => string) | undefined,
  ): Promise<number> {
    const values =
      rewrite === undefined
        ? ids.flatMap((id) => [id, ""])
        : (letters ?? []).flatMap((letter) => [letter.id, `=${rewrite(letter)}`]);
    if (values.length === 0) return 0;
    const { dead, queue } = this.#keys;
    return Number(await this.#connection().use((client) => redrive.run(client, [dead, queue], values)));
  }

  async #readEach(ids: readonly string[]): Promise<readonly Letter[]> {
    const found = await Promise.all(ids.filter(isStreamId).map((id) => this.#read(id, id, 1)));
    return found.flat();
  }

  async #read(from: string, to: string, limit: number): Promise<readonly Letter[]> {
    const entries = await this.#connection().use((client) =>
      client.xrange(this.#keys.dead, from, to, "COUNT", limit),
    );
    return entries.map(letterOf);
  }
}

/** Ids may come from a user; Redis answers an error to what is no id. */
const isStreamId = (id: string): boolean => /^\d{1,19}-\d{1,19}$/.test(id);

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
