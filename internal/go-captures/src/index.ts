import { readFileSync } from "node:fs";

/** What was captured, and of which version of the Go original: the files in `captures`. */
export type CaptureFile =
  | "behaviours"
  | "messages-v2.5.0"
  | "messages-v3.0.2"
  | "messages-v3.0.2-rabbitmq"
  | "mongo-v3.0.2-mongo2"
  | "results-v2.5.0-redis"
  | "results-v3.0.2-memcache"
  | "results-v3.0.2-redis";

/** One line of the captures of the Go original. Which fields there are depends on `kind` and on the server. */
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
  /** What the original asked of the server: a line or a method's name, or of MongoDB a command as extended JSON. */
  readonly command?: unknown;
  /** Of RabbitMQ: the properties of a published message. */
  readonly properties?: { readonly content_type: string; readonly priority?: number };
  /** Of MongoDB: the stored document, as extended JSON and as BSON. */
  readonly document?: unknown;
  readonly document_bson_base64?: string;
}

/** The captures of a file, in the order in which they were made. */
export function capturesOf(file: CaptureFile): readonly Capture[] {
  const url = new URL(`../captures/${file}.json`, import.meta.url);
  // The files are captures: their shape is theirs, and a field that is missing fails the test that reads it.
  return JSON.parse(readFileSync(url, "utf8")) as Capture[];
}

/** The bodies of a kind of capture, named for `it.each`. */
export const bodiesOf = (
  file: CaptureFile,
  ...kinds: readonly string[]
): readonly (readonly [string, string])[] =>
  capturesOf(file)
    .filter(({ kind, body }) => kinds.includes(kind) && body)
    .map((capture) => [capture.case, capture.body] as const);
