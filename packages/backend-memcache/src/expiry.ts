/** Up to here memcached takes an expiry as seconds from now, above as seconds since 1970. */
const longestRelativeSeconds = 30 * 24 * 60 * 60;

/** The field has 32 bits: the year 2106. */
const largest = 0xffff_ffff;

/**
 * An expiry as memcached takes it; 0 keeps it forever. Beyond 30 days it is made from this machine's clock, so it is
 * as wrong as this clock is against the server's.
 */
export function wireExpiry(seconds: number | undefined, nowMs: number): number {
  if (seconds === undefined) return 0;
  const whole = Math.ceil(seconds);
  if (whole <= longestRelativeSeconds) return whole;
  return Math.min(Math.floor(nowMs / 1_000) + whole, largest);
}
