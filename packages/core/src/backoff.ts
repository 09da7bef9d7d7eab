import { ErrorCode, YTaskError } from "./errors.js";

/** How long to wait before a retry. */
export type Backoff =
  | {
      /** `fixed` waits `initialMs` each time; `exponential` doubles it with each retry. */
      readonly kind: "fixed" | "exponential";
      /** Milliseconds before the first retry. */
      readonly initialMs: number;
      /** The longest wait in milliseconds. Default 60,000. */
      readonly maxMs?: number | undefined;
      /** How far the wait may differ at random, 0 to 1: 0.2 waits between 80 % and 120 %. Default 0.2 (exponential), 0 (fixed). */
      readonly jitter?: number | undefined;
    }
  /** Milliseconds before the retry that follows `attempt` (from 1), which ended with `error`. */
  | ((attempt: number, error: unknown) => number)
  /** At once. */
  | false;

export const defaultBackoff: Backoff = { kind: "exponential", initialMs: 1_000, maxMs: 60_000, jitter: 0.2 };

/**
 * Milliseconds to wait before the retry that follows an attempt.
 *
 * @param random a number from 0 to 1, for the jitter
 */
export function backoffMs(backoff: Backoff, attempt: number, error: unknown, random = Math.random()): number {
  if (backoff === false) return 0;
  if (typeof backoff === "function") {
    const ms = backoff(attempt, error);
    return Number.isFinite(ms) && ms > 0 ? ms : 0;
  }
  const { kind, initialMs, maxMs = 60_000, jitter = kind === "exponential" ? 0.2 : 0 } = backoff;
  const plain = kind === "fixed" ? initialMs : initialMs * 2 ** (attempt - 1);
  return Math.round(Math.min(plain, maxMs) * (1 + jitter * (2 * random - 1)));
}

/** @throws YTaskError `InvalidArgument` where a backoff's numbers make no sense */
export function checkBackoff(backoff: Backoff | undefined, path: string): void {
  if (backoff === undefined || backoff === false || typeof backoff === "function") return;
  const { kind, initialMs, maxMs = 0, jitter = 0 } = backoff;
  const known = typeof backoff === "object" && (kind === "fixed" || kind === "exponential");
  if (known && [initialMs, maxMs].every((ms) => Number.isFinite(ms) && ms >= 0) && jitter >= 0 && jitter <= 1)
    return;
  throw new YTaskError(
    ErrorCode.InvalidArgument,
    `${path} must be false, a function, or { kind: "fixed" | "exponential", initialMs, maxMs?, jitter? } with ` +
      "milliseconds of at least 0 and a jitter from 0 to 1",
  );
}
