import { createHash } from "node:crypto";
import { ErrorCode, YTaskError } from "@ytask/core/driver";

/**
 * Delays without a plugin. A level is a queue whose messages all expire after the same time, a power of two of
 * `unitMs`, and an exchange of the same name in front of it. A message's routing key says, in one word a level, whether
 * it waits there: `1` into the queue, from where it expires into the next lower exchange; `0` straight on to that
 * exchange. The last exchange hands it to the group's queue by the hash of its name, the key's last word. So the number
 * of queues depends on the delays in use and not on the tasks, and every message of a queue expires in turn.
 */
export interface Level {
  /** The name of its queue and of its exchange. */
  readonly name: string;
  readonly ttlMs: number;
}

/** The way of one delayed message. */
export interface Route {
  /** The highest level that it waits in: it is published to that level's exchange. */
  readonly top: number;
  /** Every level that it waits in. */
  readonly levels: readonly number[];
  readonly routingKey: string;
}

/** The shortest level. What is lost by rounding up to it is about one hop's time. */
const unitMs = 16;
/** Levels double up to here, 2^31 ms; the server takes a TTL below 2^32. */
const highestDoubling = 27;
/** As many levels as long as the last one let delays last for more than a year. */
const repeats = 16;

/** The exchange where delays end: bound to each group's queue by the hash of its name. */
export const dueExchange = "YTask:Delay:ts1:due";

/** The levels, the shortest first. */
export const levels: readonly Level[] = Array.from({ length: highestDoubling + 1 + repeats }, (_, index) => {
  const ttlMs = unitMs * 2 ** Math.min(index, highestDoubling);
  const copy = index > highestDoubling ? `:${index - highestDoubling}` : "";
  return { name: `YTask:Delay:ts1:${ttlMs}ms${copy}`, ttlMs };
});

const longestMs = levels.reduce((sum, level) => sum + level.ttlMs, 0);

/** The word that stands for a queue in routing keys: a name may hold dots and wildcards, and a key only 255 bytes. */
export const queueWord = (queue: string): string =>
  createHash("sha256").update(queue).digest("base64url").slice(0, 32);

/** The exchange that a message goes to when it leaves `level`. */
export const exchangeBelow = (level: number): string => levels[level - 1]?.name ?? dueExchange;

/** The binding key of those who wait in `level`, or of those who do not. */
export const levelKey = (level: number, waits: boolean): string =>
  `${"*.".repeat(level)}${waits ? "1" : "0"}.#`;

/** The binding key of a queue at the exchange where delays end. */
export const dueKey = (queue: string): string => `#.${queueWord(queue)}`;

/**
 * The way of a message that is kept back for at least `delayMs`.
 *
 * @throws YTaskError `InvalidArgument` where it is longer than all levels together
 */
export function routeOf(queue: string, delayMs: number): Route {
  if (!(delayMs <= longestMs))
    throw new YTaskError(
      ErrorCode.InvalidArgument,
      `a delay of ${delayMs} ms is longer than RabbitMqBroker's longest, ${longestMs} ms (${Math.floor(longestMs / 86_400_000)} days)`,
    );
  const used = levelsFor(delayMs);
  const top = Math.max(...used);
  const words = Array.from({ length: top + 1 }, (_, level) => (used.includes(level) ? "1" : "0"));
  return { top, levels: used, routingKey: [...words, queueWord(queue)].join(".") };
}

/** Levels that add up to `delayMs` or a little more. */
function levelsFor(delayMs: number): readonly number[] {
  let units = Math.max(1, Math.ceil(delayMs / unitMs));
  const used: number[] = [];
  const longest = 2 ** highestDoubling;
  for (let index = levels.length - 1; index > highestDoubling && units >= 2 * longest; index--) {
    used.push(index);
    units -= longest;
  }
  units = fewerHops(units, delayMs);
  for (let index = 0; index <= highestDoubling; index++) if (bit(units, index)) used.push(index);
  return used;
}

const bit = (units: number, index: number): boolean => Math.floor(units / 2 ** index) % 2 === 1;

/**
 * Each hop makes a message some milliseconds late, so it may be better to round up: 1,008 ms are six hops, 1,024 ms are
 * one. Weighs what rounding adds against the hops it saves; the result stays within one per cent.
 */
function fewerHops(units: number, delayMs: number): number {
  const hopMs = 8 + delayMs / 4_000;
  let best = units;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let index = 0; index <= highestDoubling; index++) {
    const step = 2 ** index;
    const rounded = Math.ceil(units / step) * step;
    if (rounded >= 2 ** (highestDoubling + 1)) break;
    const cost = (rounded - units) * unitMs + hops(rounded) * hopMs;
    if (cost < bestCost) [best, bestCost] = [rounded, cost];
  }
  return best;
}

function hops(units: number): number {
  let count = 0;
  for (let index = 0; index <= highestDoubling; index++) if (bit(units, index)) count++;
  return count;
}
