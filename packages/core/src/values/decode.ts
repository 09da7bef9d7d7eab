import { parse as parseLossless } from "lossless-json";
import { ErrorCode, YTaskError } from "../errors.js";
import { has64Bits } from "./integers.js";

/** A run of digits that could be an integer too large for a number to hold: not the fraction of a decimal. */
const mayHoldBigInteger = /(?<![\d.])\d{16,}(?![\d.eE])/;

/** A key that sets a prototype when it is copied; it may be written with escapes. */
const mayHoldPrototype = /__proto__|\\u/;

/**
 * The value of a JSON text. An integer that a number cannot hold exactly becomes a bigint, if 64 bits can hold it.
 *
 * @param text what came from the other side
 * @param list what the list that it is from is called in an error, such as `args`
 * @param index its place in that list
 * @throws YTaskError `UnsupportedType` if the text is not JSON, or holds the key `__proto__`
 */
export function decodeValue(text: string, list: string, index: number): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new YTaskError(ErrorCode.UnsupportedType, `${list}[${index}]: not JSON`, { cause });
  }
  if (mayHoldPrototype.test(text)) refusePrototype(value, `${list}[${index}]`);
  return mayHoldBigInteger.test(text) ? decodeLossless(text, `${list}[${index}]`) : value;
}

function decodeLossless(text: string, path: string): unknown {
  try {
    // If two members have the same key, the last one stands, as with JSON.parse.
    return parseLossless(text, undefined, {
      parseNumber: decodeNumber,
      onDuplicateKey: ({ newValue }) => newValue,
    });
  } catch (cause) {
    throw new YTaskError(ErrorCode.UnsupportedType, `${path}: nested too deep to be read without loss`, {
      cause,
    });
  }
}

function decodeNumber(text: string): number | bigint {
  const number = Number(text);
  if (Number.isSafeInteger(number) || !/^-?\d+$/.test(text)) return number;
  const integer = BigInt(text);
  return has64Bits(integer) ? integer : number;
}

/** Searches without recursion: the depth of what comes from outside has no limit. */
function refusePrototype(value: unknown, path: string): void {
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== "object" || next === null) continue;
    if (Object.hasOwn(next, "__proto__"))
      throw new YTaskError(ErrorCode.UnsupportedType, `${path}: the key "__proto__" is refused`);
    for (const property of Object.values(next)) left.push(property);
  }
}
