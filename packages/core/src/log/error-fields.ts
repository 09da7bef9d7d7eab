import { isError, messageOf } from "../errors.js";
import { redact } from "./redact.js";

/** The most characters of stacks in a log line. */
const mostOfStacks = 8_000;

/** What a log line says of what was thrown: its message, and where it is an Error, its stack and those of its causes. */
export function errorFields(thrown: unknown): { readonly error: string; readonly stack?: string } {
  const error = messageOf(thrown);
  const stack = stacksOf(thrown);
  return stack === "" ? { error } : { error, stack };
}

/** Only stacks, of Errors: what else an error or its cause holds may be what no log should. */
function stacksOf(thrown: unknown): string {
  const stacks = new Map<Error, string>();
  let left = mostOfStacks;
  try {
    // Causes may lead in a circle.
    for (let error = thrown; isError(error) && !stacks.has(error) && left > 0; error = error.cause) {
      const stack = typeof error.stack === "string" ? withoutPasswords(error.stack) : "";
      stacks.set(error, stack);
      left -= stack.length;
    }
  } catch {
    // What can be read by then has to do: getters of the user's may throw.
  }
  const text = [...stacks.values()].filter((stack) => stack !== "").join("\ncaused by: ");
  return text.length > mostOfStacks ? `${text.slice(0, mostOfStacks)}…` : text;
}

/** A client library's error, which is the cause of a driver's, may name a URL. Paths in its frames may have an `@` too. */
const withoutPasswords = (stack: string): string => stack.replace(/^(?!\s+at ).+$/gm, redact);
