import { types } from "node:util";
import { ErrorCode, messageOf, YTaskError } from "../errors.js";
import { has64Bits } from "./integers.js";

/** Deeper nesting than this is refused: it would overflow the reader's stack. */
const deepest = 512;

/** Printable ASCII without anything that JSON or Go escapes: true of most texts, and quick to check. */
const needsNothing = /^[ !#-%'-;=?-[\]-~]*$/;
/** The JSON text of such a text, which most string arguments are. Inside a message its two quotes are escaped. */
const needsNothingInside = /^"[ !#-%'-;=?-[\]-~]*"$/;
const needsGoEscapes = /[<>&\u2028\u2029\b\f]/;
const goEscapes = /\\(.)|[<>&\u2028\u2029]/g;

/** A string as JSON text, escaped the way Go's encoder does: `<`, `>`, `&`, U+2028 and U+2029 as \u00XX. */
export function quote(text: string): string {
  if (needsNothing.test(text)) return `"${text}"`;
  if (needsNothingInside.test(text)) return `"\\${text.slice(0, -1)}\\""`;
  const quoted = JSON.stringify(text);
  if (!needsGoEscapes.test(text)) return quoted;
  return quoted.replace(goEscapes, (found, escaped: string | undefined) => {
    if (escaped === "b") return "\\u0008";
    if (escaped === "f") return "\\u000c";
    return escaped === undefined ? `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}` : found;
  });
}

/**
 * A value as the JSON text that crosses to a server or client in TypeScript or Go.
 *
 * @param value what is sent or returned; the table "What crosses" in this package's README says what becomes of it
 * @param path what the value is called in an error, such as `args[0]`
 * @returns the text, or undefined if the value is undefined or its `toJSON` returns undefined
 * @throws YTaskError `UnsupportedType`, with the path of the part that cannot cross
 */
export function encodeValue(value: unknown, path: string): string | undefined {
  return encode(value, path, []);
}

/**
 * A list of arguments or returned values as JSON texts. An undefined at the end is dropped: a default parameter takes
 * its place. One before the end is refused, since null would defeat a default.
 *
 * @throws YTaskError `UnsupportedType`, with the path of the part that cannot cross
 */
export function encodeList(values: readonly unknown[], path: string): string[] {
  let length = values.length;
  while (length > 0 && values[length - 1] === undefined) length--;
  const texts: string[] = [];
  for (let index = 0; index < length; index++) {
    const value = values[index];
    // Most values are simple and cannot fail, so the text of the path is not built.
    const text = isSimple(value) ? encode(value, path, nowhere) : encode(value, `${path}[${index}]`, []);
    if (text === undefined) throw unsupported(`${path}[${index}]`, value === undefined ? noGap : noText);
    texts.push(text);
  }
  return texts;
}

const noGap = "undefined before another value cannot be told from null; pass null";
const noText = "its toJSON gives undefined, which cannot cross; pass null";
const nowhere: object[] = [];
const isSimple = (value: unknown): boolean =>
  typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);

function encode(value: unknown, path: string, inside: object[]): string | undefined {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
      return encodeNumber(value, path);
    case "boolean":
      return value ? "true" : "false";
    case "undefined":
      return undefined;
    case "bigint":
      if (!has64Bits(value)) throw unsupported(path, "this bigint is beyond 64 bits");
      return value.toString();
    case "object":
      return value === null ? "null" : encodeObject(value, path, inside);
    default:
      throw unsupported(path, `a ${typeof value} cannot cross`);
  }
}

function encodeNumber(value: number, path: string): string {
  if (!Number.isFinite(value)) throw unsupported(path, `${value} cannot cross`);
  // With 17 digits the text would be another integer, sometimes one beyond 64 bits.
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER && Number.isInteger(value)) {
    const integer = BigInt(value);
    if (has64Bits(integer)) return integer.toString();
  }
  const text = String(value);
  // -0 is written 0. Go writes exponents with two digits at least; 1e-7 is the shortest that differs.
  return text === "-0" ? "0" : text.includes("e-") ? text.replace(/e-(\d)$/, "e-0$1") : text;
}

/** Has no form in JSON that the other side could read back; JSON.stringify would silently write {} for most of these. */
const refused: ReadonlySet<string> = new Set([
  "Map",
  "Set",
  "WeakMap",
  "WeakSet",
  "WeakRef",
  "Promise",
  "RegExp",
  "Error",
  "ArrayBuffer",
  "SharedArrayBuffer",
  "Generator",
  "AsyncGenerator",
]);
const boxes: ReadonlySet<string> = new Set(["Number", "String", "Boolean", "BigInt", "Symbol"]);

/**
 * Whether an object keeps its data somewhere other than in its properties, as Headers, URLSearchParams and iterators
 * do.
 */
const holdsNoData = (value: object, kind: string): boolean =>
  refused.has(kind) ||
  value instanceof Error ||
  ArrayBuffer.isView(value) ||
  (kind !== "Object" && Object.keys(value).length === 0);

/** A getter, a proxy or a `toJSON` may throw anything. */
function encodeObject(value: object, path: string, inside: object[]): string | undefined {
  try {
    return encodeReadable(value, path, inside);
  } catch (error) {
    if (YTaskError.isInstance(error)) throw error;
    throw unsupported(path, `it cannot be read: ${messageOf(error)}`, error);
  }
}

function encodeReadable(value: object, path: string, inside: object[]): string | undefined {
  if (inside.includes(value)) throw unsupported(path, "this object contains itself");
  if (inside.length >= deepest) throw unsupported(path, `nested more than ${deepest} deep`);
  // Also matches bytes of another realm, such as those of jest's environments.
  if (types.isUint8Array(value))
    return `"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")}"`;
  const toJson = toJsonOf(value);
  if (toJson !== undefined) {
    const written: unknown = toJson.call(value, "");
    const isOwn = typeof written === "object" && written !== null && toJsonOf(written) === toJson;
    if (isOwn) return encodeParts(written, path, inside);
    inside.push(value);
    const text = encode(written, path, inside);
    inside.pop();
    return text;
  }
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) {
    const kind = Object.prototype.toString.call(value).slice(8, -1);
    if (boxes.has(kind)) return encode(value.valueOf(), path, inside);
    if (holdsNoData(value, kind))
      throw unsupported(
        path,
        `what is of kind ${kind} cannot cross; send its data as a plain object or array`,
      );
  }
  return encodeParts(value, path, inside);
}

function toJsonOf(value: object): ((key: string) => unknown) | undefined {
  const toJson = "toJSON" in value ? value.toJSON : undefined;
  return typeof toJson === "function" ? (toJson as (key: string) => unknown) : undefined;
}

function encodeParts(value: object, path: string, inside: object[]): string {
  inside.push(value);
  const text = Array.isArray(value)
    ? encodeArray(value, path, inside)
    : encodeProperties(value, path, inside);
  inside.pop();
  return text;
}

function encodeArray(values: readonly unknown[], path: string, inside: object[]): string {
  let text = "[";
  for (let index = 0; index < values.length; index++) {
    if (index > 0) text += ",";
    text += encode(values[index], `${path}[${index}]`, inside) ?? "null";
  }
  return `${text}]`;
}

function encodeProperties(value: object, path: string, inside: object[]): string {
  let text = "";
  for (const [key, property] of Object.entries(value)) {
    // Of what a toJSON made with itself as a property; it has been called.
    if (key === "toJSON" && typeof property === "function") continue;
    const at = /^[\w$]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
    if (key === "__proto__") throw unsupported(at, "this key would set a prototype where the value is read");
    const encoded = encode(property, at, inside);
    if (encoded !== undefined) text += `${text === "" ? "" : ","}${quote(key)}:${encoded}`;
  }
  return `{${text}}`;
}

const unsupported = (path: string, why: string, cause?: unknown): YTaskError =>
  new YTaskError(ErrorCode.UnsupportedType, `${path}: ${why}`, { cause });
