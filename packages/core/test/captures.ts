import { readFileSync } from "node:fs";

/** One line of the captures of the Go original. Which fields there are depends on `kind`. */
export interface Capture {
  readonly kind: string;
  readonly case: string;
  /** The Go expression that was sent. */
  readonly go: string;
  readonly queue: string;
  readonly key: string;
  readonly task_id: string;
  /** What was on the wire; empty where Go refused to send it. */
  readonly body: string;
  readonly status: number;
  /** Why Go refused to send it. */
  readonly send_error?: string;
  /** Of a behaviour: the result that Go stored, or the empty text where it dropped the message. */
  readonly result: string;
  /** Of MongoDB: the command or document, as extended JSON. */
  readonly command?: unknown;
  readonly document?: unknown;
}

/** The captures of a file in `fixtures`. */
export function captures(file: string): readonly Capture[] {
  // The files are captures: their shape is theirs, and a field that is missing fails the test that reads it.
  return JSON.parse(readFileSync(new URL(`./fixtures/${file}`, import.meta.url), "utf8")) as Capture[];
}

/** The bodies of a kind of capture, named for `it.each`. */
export const bodies = (file: string, ...kinds: readonly string[]): readonly (readonly [string, string])[] =>
  captures(file)
    .filter(({ kind, body }) => kinds.includes(kind) && body)
    .map((capture) => [capture.case, capture.body] as const);
