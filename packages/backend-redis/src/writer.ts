import {
  type Entry,
  ErrorCode,
  isFinished,
  mapPacked,
  runByKey,
  type Stored,
  YTaskError,
} from "@ytask/core/driver";
import { type Connection, inPieces, isCluster } from "@ytask-internal/redis-connection";
import { set } from "./scripts/set.js";
import { ServerClock } from "./server-clock.js";
import { channelPrefix } from "./watcher.js";

/** The most entries of one call: it should not hold up other clients. */
const mostAtOnce = 500;

const stored: Stored = { kind: "stored" };
const kept: Stored = { kind: "kept" };

/** Stores entries: one script for all of them, and in a Cluster one for each key. */
export class Writer {
  readonly #connection: Connection;
  readonly #clock = new ServerClock();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Asks for the time once, so that the first write has a deadline too. */
  async begin(): Promise<void> {
    const [seconds, microseconds] = await this.#connection.use((client) => client.time());
    this.#clock.learn(Number(seconds) * 1_000 + Number(microseconds) / 1_000);
  }

  /** One outcome for each. Never rejects. */
  async write(entries: readonly Entry[]): Promise<readonly Stored[]> {
    if (isCluster(this.#connection.client))
      return runByKey(
        entries,
        ({ key }) => key,
        (some) => this.#writeGroup(some),
      );
    const pieces = inPieces(entries, mostAtOnce, ({ value }) => value.length);
    return (await Promise.all(pieces.map((piece) => this.#writeGroup(piece)))).flat();
  }

  async #writeGroup(entries: readonly Entry[]): Promise<readonly Stored[]> {
    const end = performance.now() + this.#connection.commandTimeoutMs;
    try {
      // Tries again only if this side's estimate of Redis' clock was wrong, for instance because the clock was set.
      const outcomes = (await this.#call(entries, end)) ?? (await this.#call(entries, end));
      return outcomes ?? entries.map(() => failed(tooLate()));
    } catch (error) {
      return entries.map(() => failed(error as YTaskError)); // `Connection.use` throws nothing else
    }
  }

  /** Undefined if the call reached Redis after `end`: so nothing that was given up is written later. */
  async #call(entries: readonly Entry[], end: number): Promise<readonly Stored[] | undefined> {
    const leftMs = Math.max(1, end - performance.now());
    const keys = mapPacked(entries, ({ key }) => key);
    const values = [this.#clock.in(leftMs) ?? "", channelPrefix, ...valuesOf(entries)];
    const reply = await this.#connection.use((client) => set.run(client, keys, values), leftMs);
    const [serverMs, codes, ...errors] = reply as [number, string | null, ...string[]]; // what the script returns
    this.#clock.learn(serverMs);
    if (codes === null) return undefined;
    return Array.from(codes, (code) => {
      if (code === "s") return stored;
      return code === "k" ? kept : failed(this.#connection.explain(errors.shift() ?? ""));
    });
  }
}

/**
 * The entries as the script takes them. Mostly all are stored in the same way: then that way comes first, and only the
 * values follow. Otherwise an empty text comes first, and each value is followed by its own way.
 */
function valuesOf(entries: readonly Entry[]): string[] {
  const [first] = entries;
  if (first === undefined) return [];
  const isAwaitedFirst = isAwaited(first);
  const isLikeFirst = (entry: Entry): boolean =>
    entry.unless === first.unless &&
    entry.expiresInSeconds === first.expiresInSeconds &&
    isAwaited(entry) === isAwaitedFirst;
  if (entries.every(isLikeFirst)) return [howOf(first), ...mapPacked(entries, ({ value }) => value)];
  return ["", ...entries.flatMap((entry) => [entry.value, howOf(entry)])];
}

function howOf(entry: Entry): string {
  const { expiresInSeconds, unless } = entry;
  const codes = unless === undefined ? "aA" : unless === "present" ? "pP" : "fF";
  const code = codes[isAwaited(entry) ? 1 : 0] ?? "";
  return expiresInSeconds === undefined ? code : code + expiresInSeconds;
}

/** Nobody waits for a task to begin, so statuses are not announced: that would double the cost of storing them. */
const isAwaited = ({ value }: Entry): boolean => isFinished(value) || !value.includes('"Status"');

const tooLate = (): YTaskError =>
  new YTaskError(ErrorCode.Connection, "the write reached Redis after its time was over, and was not done");

const failed = (error: YTaskError): Stored => ({ kind: "failed", error });
