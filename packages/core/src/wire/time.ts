/** What Go writes for "no time". */
export const noTime = "0001-01-01T00:00:00Z";

const pattern = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads a time as on the wire: RFC 3339 with any offset. Go writes up to nine digits of a fraction, and reads more.
 *
 * @returns milliseconds since 1970, rounded up so that nothing is due early; undefined for Go's zero time; NaN if the
 * text is not a time
 */
export function parseTime(text: string): number | undefined {
  if (text === noTime) return undefined;
  const parts = pattern.exec(text);
  if (parts === null) return Number.NaN;
  const [, seconds, fraction = "", offset] = parts;
  if (!isMoment(`${seconds}Z`)) return Number.NaN;
  const at = Date.parse(`${seconds}${offset}`) + Math.ceil(Number(`0.${fraction || 0}`) * 1_000);
  return at === zeroMs ? undefined : at;
}
const zeroMs = Date.parse(noTime);

/** Date reads February 30 as March 2, and hour 24 as the next day; Go refuses both. */
function isMoment(text: string): boolean {
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text.slice(0, -1));
}

/** Milliseconds since 1970 as the wire has it. */
export const formatTime = (ms: number): string => new Date(ms).toISOString();
