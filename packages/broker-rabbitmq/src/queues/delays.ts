import { createHash } from "node:crypto";
import { ErrorCode, YTaskError } from "@ytask/core/driver";

/**
 * Delays without a plugin. A delay is written as a number of `unitMs`, digit by digit, and each digit is a level: an
 * exchange, and behind it a queue for every digit but 0, whose messages expire after what that digit stands for. A
 * message's routing key has one word a level, its digit: by it the exchange hands the message to that queue, from where
 * it expires into the exchange of the next lower level, or, for a 0, straight on to that exchange. The last exchange
 * hands it to a queue beside the group's by the hash of its name, the key's last word, and that hands it on to the group's.
 * So the number of queues depends on the delays and groups in use and not on the tasks, and every message of a queue
 * expires in turn.
 */
export interface Level {
  /** The name of its exchange. */
  readonly name: string;
  /** What its digit counts, in milliseconds. */
  readonly unitMs: number;
}

/** A message's stay in a queue on its way. */
export interface Stay {
  readonly level: number;
  /** The word in the routing key. */
  readonly digit: string;
  readonly queue: string;
  readonly ttlMs: number;
}

/** The route of one delayed message. */
export interface Route {
  /** The level where it starts: it is published to that level's exchange. */
  readonly top: number;
  readonly stays: readonly Stay[];
  readonly routingKey: string;
}

/** The shortest stay. Rounding up to it loses about the time of one hop. */
const unitMs = 16;
/**
 * The larger the base, the fewer hops and the more queues: a delay of up to 16 seconds takes two hops to the base 32,
 * three to the base 16, and more to the base 2. With 10,000 tasks due within ten seconds, on one busy machine, the last
 * hundredth was 76 to 126 ms late with 32, and 101 to 147 ms with 16.
 */
const radix = 32;
/** The number of levels that hold a digit. */
const counting = 6;
/**
 * The highest digit of the last of these levels: the server takes a TTL below 2^32 ms, and 8 units of that level would
 * be just that.
 */
const highestOfLast = 7;
/**
 * The number of further levels, each of which holds for as long as the highest digit of the last one: they let delays
 * last for more than a year.
 */
const repeats = 8;

/** The exchange where delays end. Not `ts1`, to which the groups' queues themselves are bound. */
export const dueExchange = "YTask:Delay:ts2:due";

/** The levels, the shortest first. Not `ts1` to `ts3`, with digits to other bases or another end of the way. */
export const levels: readonly Level[] = Array.from({ length: counting + repeats }, (_, index) => {
  const copy = index < counting ? "" : `:${index - counting + 1}`;
  const ofLevel = unitMs * radix ** Math.min(index, counting - 1);
  return { name: `YTask:Delay:ts4:${ofLevel}ms${copy}`, unitMs: ofLevel };
});

/** The most that the levels with digits can hold, in units. */
const mostUnits = (highestOfLast + 1) * radix ** (counting - 1) - 1;
/** What each further level holds, in units. */
const repeatedUnits = highestOfLast * radix ** (counting - 1);

const longestMs = unitMs * (mostUnits + repeats * repeatedUnits);

/** The word for a level at which a message does not stay. */
export const passOn = "0";

/** The word that stands for a queue in routing keys: a name may hold dots and wildcards, and a key only 255 bytes. */
export const queueWord = (queue: string): string =>
  createHash("sha256").update(queue).digest("base64url").slice(0, 32);

/** The exchange that a message goes to when it leaves `level`. */
export const exchangeBelow = (level: number): string => levels[level - 1]?.name ?? dueExchange;

/** The binding key of messages with this digit at `level`. */
export const levelKey = (level: number, digit: string): string => `${"*.".repeat(level)}${digit}.#`;

/** The binding key of a queue at the exchange where delays end. */
export const dueKey = (queue: string): string => `#.${queueWord(queue)}`;

/**
 * The route of a message that is kept back for at least `delayMs`.
 *
 * @throws YTaskError `InvalidArgument` if that is longer than all levels together
 */
export function routeOf(queue: string, delayMs: number): Route {
  if (!(delayMs <= longestMs))
    throw new YTaskError(
      ErrorCode.InvalidArgument,
      `a delay of ${delayMs} ms is longer than RabbitMqBroker's longest, ${longestMs} ms (${Math.floor(longestMs / 86_400_000)} days)`,
    );
  const stays = staysFor(delayMs);
  const top = Math.max(...stays.map(({ level }) => level));
  const words = Array.from({ length: top + 1 }, () => passOn);
  for (const { level, digit } of stays) words[level] = digit;
  return { top, stays, routingKey: [...words, queueWord(queue)].join(".") };
}

/** Stays that add up to `delayMs` or a little more. */
function staysFor(delayMs: number): readonly Stay[] {
  let units = Math.max(1, Math.ceil(delayMs / unitMs));
  const stays: Stay[] = [];
  for (let level = counting; units > mostUnits; level++) {
    stays.push(stayAt(level, highestOfLast));
    units -= repeatedUnits;
  }
  digitsOf(fewerHops(units, delayMs)).forEach((digit, level) => {
    if (digit > 0) stays.push(stayAt(level, digit));
  });
  return stays;
}

/** All stays of a level that messages can have. */
export const staysAt = (level: number): readonly Stay[] => {
  if (level >= counting) return [stayAt(level, highestOfLast)];
  const highest = level === counting - 1 ? highestOfLast : radix - 1;
  return Array.from({ length: highest }, (_, index) => stayAt(level, index + 1));
};

function stayAt(level: number, digit: number): Stay {
  const { name, unitMs: ofLevel } = levels[level] as Level;
  const word = digit.toString(radix);
  return { level, digit: word, queue: `${name}:${word}`, ttlMs: digit * ofLevel };
}

/** The digits of a number of units, the lowest first. */
const digitsOf = (units: number): readonly number[] =>
  Array.from({ length: counting }, (_, level) => Math.floor(units / radix ** level) % radix);

/**
 * Each hop makes a message some milliseconds late, so it may be better to round up: 32,752 ms take three hops, 32,768
 * ms one. Weighs what rounding adds against the hops that it saves; the result stays within one per cent.
 */
function fewerHops(units: number, delayMs: number): number {
  const hopMs = 8 + delayMs / 4_000;
  let best = units;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let level = 0; level < counting; level++) {
    const step = radix ** level;
    const rounded = Math.ceil(units / step) * step;
    if (rounded > mostUnits) break;
    const hops = digitsOf(rounded).filter((digit) => digit > 0).length;
    const cost = (rounded - units) * unitMs + hops * hopMs;
    if (cost < bestCost) [best, bestCost] = [rounded, cost];
  }
  return best;
}
