import { invalid, rules } from "../check-options.js";
import { messageOf } from "../errors.js";
import * as keys from "../keys.js";
import * as messages from "../message.js";
import type { ResultFields } from "../results/result.js";
import * as results from "../results/result-text.js";
import { Status } from "../results/status.js";
import { noExtra } from "./plain-message.js";

// The engine writes only what it has read or made itself, without checks. These functions are for other programs: what
// nobody could read must not be written.

/**
 * Writes a message as the Go original does, byte for byte, with this library's `Extra` behind it where there is one.
 *
 * @param version 2 writes the layout of the original's v2 (`TaskCtl`), 3 (default) that of its v3 (`MsgArgs`)
 * @throws YTaskError `InvalidArgument` for a message that no reader would take, and for another version
 */
export function serializeMessage(message: messages.Message, version: keys.WireVersion = 3): string {
  const place = "serializeMessage: message";
  checkVersion(version, "serializeMessage: version");
  checkFields(message, { id: isText, name: isText, args: isTexts, retryCount: Number.isInteger }, place);
  const { extra = noExtra } = message as Partial<messages.Message>;
  return readable(
    () => messages.serializeMessage({ ...message, extra }, version),
    messages.parseMessage,
    place,
  );
}

/**
 * Writes a result as the Go original's v3 does, byte for byte, with this library's `Extra` where there is one.
 *
 * @throws YTaskError `InvalidArgument` for a result that no reader would take
 */
export function serializeResult(result: ResultFields): string {
  const place = "serializeResult: result";
  checkFields(
    result,
    { id: isText, status: isStatus, returned: isNoneOr(isTexts), error: isNoneOr(isText) },
    place,
  );
  return readable(() => results.serializeResult(result), results.parseResult, place);
}

/**
 * The queue of a group's tasks.
 * @throws YTaskError `InvalidArgument` for another version
 */
export function queueKey(group: string, version: keys.WireVersion = 3): string {
  checkVersion(version, "queueKey: version");
  return keys.queueKey(group, version);
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const isStatus: Check = (value) => Object.values<unknown>(Status).includes(value);
const isNoneOr =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

function checkVersion(version: unknown, place: string): void {
  const wanted = rules.wireVersion(version);
  if (wanted !== undefined) throw invalid(`${place} must be ${wanted}`);
}

function checkFields(fields: unknown, checks: Readonly<Record<string, Check>>, place: string): void {
  if (typeof fields !== "object" || fields === null) throw invalid(`${place} must be an object`);
  for (const [name, check] of Object.entries(checks))
    if (!check((fields as Record<string, unknown>)[name]))
      throw invalid(`${place}.${name} is not what it must be`);
}

function readable(write: () => string, read: (text: string) => unknown, place: string): string {
  try {
    const text = write();
    read(text);
    return text;
  } catch (error) {
    throw invalid(`${place} cannot be written so that it can be read: ${messageOf(error)}`);
  }
}
