/** Up to this many seconds, memcached takes an expiry as seconds from now; above, as seconds since 1970. */
const longestRelativeSeconds = 30 * 24 * 60 * 60;

/** The field has 32 bits: the year 2106. */
const largest = 0xffff_ffff;

/**
 * An expiry as memcached takes it; 0 keeps the value forever. Beyond 30 days it is computed with this machine's clock,
 * so a difference to the server's clock shifts it.
 */
export function wireExpiry(seconds: number | undefined, nowMs: number): number {
  if (seconds === undefined) return 0;
  const whole = Math.ceil(seconds);
  if (whole <= longestRelativeSeconds) return whole;
  return Math.min(Math.floor(nowMs / 1_000) + whole, largest);
}
