import { ErrorCode, YTaskError } from "./errors.js";

/** Checks a value: undefined if it is allowed, otherwise a description of what the option must be. */
export type Rule = (value: unknown) => string | undefined;

/** A rule for each option that exists. */
export type Rules = Readonly<Record<string, Rule>>;

const when =
  (allowed: (value: unknown) => boolean, wanted: string): Rule =>
  (value) =>
    allowed(value) ? undefined : wanted;

const isFiniteNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value);

/** The longest delay that a workflow step can carry to Go, as nanoseconds in a 64-bit integer: 285 years. */
export const longestDelayMs = 9_000_000_000_000;

/** A function may have methods too, as a logger that can be called. */
const methods = (...names: readonly string[]): Rule =>
  when(
    (value) =>
      (typeof value === "object" || typeof value === "function") &&
      value !== null &&
      names.every((name) => typeof (value as Record<string, unknown>)[name] === "function"),
    `an object with the methods ${names.join(", ")}`,
  );

/** Rules that most options need. */
export const rules = {
  any: () => undefined,
  boolean: when((value) => typeof value === "boolean", "true or false"),
  milliseconds: when((value) => isFiniteNumber(value) && value >= 0, "a number of milliseconds, at least 0"),
  positiveMilliseconds: when(
    (value) => isFiniteNumber(value) && value > 0,
    "a number of milliseconds above 0",
  ),
  delay: when(
    (value) => isFiniteNumber(value) && value >= 0 && value <= longestDelayMs,
    `a number of milliseconds from 0 to ${longestDelayMs}`,
  ),
  /** The Go original's expiry settings. */
  expirySeconds: when(
    (value) => Number.isSafeInteger(value) && (value as number) >= -1,
    "a whole number of seconds; -1 keeps forever, 0 does not store",
  ),
  count: when((value) => Number.isSafeInteger(value) && (value as number) >= 0, "a whole number, at least 0"),
  positiveCount: when(
    (value) => Number.isSafeInteger(value) && (value as number) >= 1,
    "a whole number, at least 1",
  ),
  date: when((value) => value instanceof Date && !Number.isNaN(value.getTime()), "a valid Date"),
  wireVersion: when((value) => value === 2 || value === 3, "2 or 3"),
  string: when((value) => typeof value === "string", "a string"),
  text: when((value) => typeof value === "string" && value !== "", "a string that is not empty"),
  oneOf: (...allowed: readonly unknown[]) =>
    when((value) => allowed.includes(value), `one of ${allowed.join(", ")}`),
  object: when((value) => typeof value === "object" && value !== null && !Array.isArray(value), "an object"),
  function: when((value) => typeof value === "function", "a function"),
  signal: when((value) => value instanceof AbortSignal, "an AbortSignal"),
  methods,
  logger: methods("debug", "info", "warn", "error"),
} as const;

/**
 * Refuses options that are not an object, an option that does not exist, and a value that its rule does not allow. An
 * option that is undefined counts as not given.
 *
 * @param place what the options are called in an error, such as `client.send: options`
 * @throws YTaskError `InvalidArgument`
 */
export function checkOptions(options: unknown, allowed: Rules, place: string): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw invalid(`${place} must be an object`);
  for (const name of Object.keys(options)) {
    const value: unknown = (options as Record<string, unknown>)[name];
    const rule = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
    if (rule === undefined)
      throw invalid(`${place}: there is no option "${name}"; there are ${Object.keys(allowed).join(", ")}`);
    const wanted = value === undefined ? undefined : rule(value);
    if (wanted !== undefined) throw invalid(`${place}.${name} must be ${wanted}`);
  }
}

/** An error for an argument that is refused. */
export const invalid = (message: string): YTaskError => new YTaskError(ErrorCode.InvalidArgument, message);

/** @throws YTaskError `InvalidArgument` where it is not a string, or empty */
export function checkName(value: unknown, what: string): asserts value is string {
  if (typeof value !== "string" || value === "") throw invalid(`${what} must be a string that is not empty`);
}
