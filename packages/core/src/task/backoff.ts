import { checkOptions, invalid, type Rules, rules } from "../check-options.js";

/** How long to wait before a retry. */
export type Backoff =
  | {
      /** `fixed` waits `initialMs` each time; `exponential` doubles it with each retry. */
      readonly kind: "fixed" | "exponential";
      /** Milliseconds before the first retry. */
      readonly initialMs: number;
      /** The longest wait in milliseconds, before jitter. Default 60,000, or `initialMs` if that is more. */
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
 * @throws what a backoff function throws; YTaskError `InvalidArgument` if it does not return a delay
 */
export function backoffMs(backoff: Backoff, attempt: number, error: unknown, random = Math.random()): number {
  if (backoff === false) return 0;
  if (typeof backoff === "function") {
    const ms = backoff(attempt, error);
    const wanted = rules.delay(ms);
    if (wanted !== undefined) throw invalid(`a backoff function must return ${wanted}, at once`);
    return ms;
  }
  const {
    kind,
    initialMs,
    maxMs = Math.max(60_000, initialMs),
    jitter = kind === "exponential" ? 0.2 : 0,
  } = backoff;
  // After a thousand attempts the power is Infinity, and Infinity times an `initialMs` of 0 is not a number.
  const plain = kind === "fixed" ? initialMs : initialMs * Math.min(2 ** (attempt - 1), Number.MAX_VALUE);
  return Math.round(Math.min(plain, maxMs) * (1 + jitter * (2 * random - 1)));
}

const backoffRules: Rules = {
  kind: (value) => (value === "fixed" || value === "exponential" ? undefined : '"fixed" or "exponential"'),
  initialMs: rules.delay,
  maxMs: rules.delay,
  jitter: (value) =>
    typeof value === "number" && value >= 0 && value <= 1 ? undefined : "a number from 0 to 1",
};

/** @throws YTaskError `InvalidArgument` if it is not a backoff, or its numbers make no sense */
export function checkBackoff(backoff: unknown, place: string): void {
  if (backoff === undefined || backoff === false || typeof backoff === "function") return;
  if (typeof backoff !== "object" || backoff === null)
    throw invalid(`${place} must be false, a function, or { kind, initialMs, maxMs?, jitter? }`);
  const { kind = null, initialMs = null } = backoff as {
    readonly kind?: unknown;
    readonly initialMs?: unknown;
  };
  checkOptions({ ...backoff, kind, initialMs }, backoffRules, place);
}
