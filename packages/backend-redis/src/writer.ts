import { type Entry, isFinished, type Stored, type YTaskError } from "@ytask/core/driver";
import { type Connection, isCluster } from "@ytask-internal/redis-connection";
import { set } from "./scripts/set.js";
import { channelPrefix } from "./watcher.js";

/** The most entries of one call: it should not hold up other clients. */
const mostAtOnce = 500;

const stored: Stored = { kind: "stored" };
const kept: Stored = { kind: "kept" };

/** An entry, and where it is among those that were given. */
interface Placed {
  readonly entry: Entry;
  readonly index: number;
}

/** Stores entries: one script for all of them, and in a Cluster one for each key. One outcome for each; never rejects. */
export async function write(connection: Connection, entries: readonly Entry[]): Promise<readonly Stored[]> {
  if (!isCluster(connection.client) && entries.length <= mostAtOnce) return writeGroup(connection, entries);
  const placed = entries.map((entry, index) => ({ entry, index }));
  const groups = isCluster(connection.client) ? byKey(placed) : inPieces(placed);
  const outcomes = entries.map(() => stored);
  await Promise.all(
    groups.map(async (group) => {
      const results = await writeGroup(
        connection,
        group.map(({ entry }) => entry),
      );
      group.forEach(({ index }, at) => {
        outcomes[index] = results[at] ?? stored;
      });
    }),
  );
  return outcomes;
}

async function writeGroup(connection: Connection, entries: readonly Entry[]): Promise<readonly Stored[]> {
  try {
    const keys = entries.map(({ key }) => key);
    const reply = await connection.use((client) => set.run(client, keys, valuesOf(entries)));
    const [letters, ...errors] = reply as [string, ...string[]]; // what the script returns
    return [...letters].map((letter) => {
      if (letter === "s") return stored;
      return letter === "k" ? kept : failed(connection.explain(errors.shift() ?? ""));
    });
  } catch (error) {
    return entries.map(() => failed(error as YTaskError)); // `Connection.use` throws nothing else
  }
}

function valuesOf(entries: readonly Entry[]): (string | number)[] {
  const values: (string | number)[] = [channelPrefix];
  for (const { value, expiresInSeconds, unless } of entries) {
    const how = unless === undefined ? "a" : unless === "present" ? "p" : "f";
    values.push(value, expiresInSeconds ?? "", isAwaited(value) ? how.toUpperCase() : how);
  }
  return values;
}

/** Nobody waits for a task to begin, so that is not announced: it would double the cost of storing it. */
const isAwaited = (value: string): boolean => isFinished(value) || !value.includes('"Status"');

const failed = (error: YTaskError): Stored => ({ kind: "failed", error });

function inPieces(entries: readonly Placed[]): readonly (readonly Placed[])[] {
  const pieces: (readonly Placed[])[] = [];
  for (let from = 0; from < entries.length; from += mostAtOnce)
    pieces.push(entries.slice(from, from + mostAtOnce));
  return pieces;
}

function byKey(entries: readonly Placed[]): readonly (readonly Placed[])[] {
  const groups = new Map<string, Placed[]>();
  for (const placed of entries) {
    const group = groups.get(placed.entry.key);
    if (group === undefined) groups.set(placed.entry.key, [placed]);
    else group.push(placed);
  }
  return [...groups.values()];
}
