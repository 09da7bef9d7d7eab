import { ErrorCode, type ErrorDetails, YTaskError } from "../errors.js";

/** A message or result from outside that cannot be read; the error names the field. */
export class Malformed extends YTaskError<110> {
  static override readonly kind: string = "Malformed";
  override readonly name = "Malformed";
  constructor(message: string, details: ErrorDetails = {}) {
    super(ErrorCode.Malformed, message, details);
  }
}

/** A JSON object from outside. */
export type Fields = Readonly<Record<string, unknown>>;

export function asFields(value: unknown, name: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Malformed(`${name} is not an object`);
  return value as Fields;
}

/** The field of that name; if there is none, one whose name differs only in case, as Go finds it. */
export function field(fields: Fields, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name];
  const lower = name.toLowerCase();
  for (const key of Object.keys(fields)) if (key.toLowerCase() === lower) return fields[key];
  return undefined;
}

/** A text; missing and null are the empty text, as in Go. */
export function textField(fields: Fields, name: string): string {
  const value = field(fields, name) ?? "";
  if (typeof value !== "string") throw new Malformed(`${name} is not a string`);
  return value;
}

/** Go's integers have 64 bits. The largest reads as 2^63, and the smallest is written as what lies below it. */
const beyondIntegers = 2 ** 63;
/** The number next to it, whose text Go's integers hold. */
const largestWritable = beyondIntegers - 1_024;

/** A whole number; missing and null are 0, as in Go. */
export function integerField(fields: Fields, name: string): number {
  const value = field(fields, name) ?? 0;
  if (typeof value !== "number" || !Number.isInteger(value) || Math.abs(value) > beyondIntegers)
    throw new Malformed(`${name} is not a whole number of 64 bits`);
  return value;
}

/** A whole number as Go reads it. */
export const integerText = (value: number): string =>
  String(Math.min(Math.max(value, -largestWritable), largestWritable));

/** A list; missing and null are undefined, as Go's nil. */
export function listField(fields: Fields, name: string): readonly unknown[] | undefined {
  const value = field(fields, name) ?? undefined;
  if (value !== undefined && !Array.isArray(value)) throw new Malformed(`${name} is not a list`);
  return value;
}

/** A list of texts; missing and null are undefined, as Go's nil. */
export function textsField(fields: Fields, name: string): readonly string[] | undefined {
  const list = listField(fields, name);
  if (list?.some((item) => typeof item !== "string"))
    throw new Malformed(`${name} holds something that is not a string`);
  return list as readonly string[] | undefined;
}
