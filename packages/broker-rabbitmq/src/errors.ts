import { ErrorCode, redact, YTaskError } from "@ytask/core/driver";

/** The server's reply code, if an error of amqplib carries one. */
export const replyCode = (error: unknown): number | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : undefined;

/** The reply codes of AMQP that this driver distinguishes. */
export const NOT_FOUND = 404;
const ACCESS_REFUSED = 403;
const RESOURCE_LOCKED = 405;
const PRECONDITION_FAILED = 406;

/** The limit, in bytes, for which the server closed a channel; undefined where it did so for something else. */
export function sizeLimitIn(error: unknown): number | undefined {
  const limit =
    error instanceof Error
      ? /larger than (?:configured )?max size (\d+)/.exec(error.message)?.[1]
      : undefined;
  return limit === undefined ? undefined : Number(limit);
}

/** Whether the server refused a message. amqplib's error for that can only be recognised by its text. */
export const isNacked = (error: unknown): boolean =>
  error instanceof Error && error.message === "message nacked";

/** If a host has two addresses and neither accepts a connection, Node's error has a code and no message. */
const textOf = (error: Error): string =>
  error.message === "" && "code" in error ? String(error.code) : error.message;

/**
 * An error that names the cause and says what to do.
 *
 * @param error what amqplib threw
 * @param doing what was tried, as the beginning of a sentence: "Could not declare queue x"
 */
export function explain(error: unknown, doing: string): YTaskError {
  if (YTaskError.isInstance(error)) return error;
  const reason = redact(error instanceof Error ? textOf(error) : String(error));
  const failed = (code: ErrorCode, advice: string) =>
    new YTaskError(code, `${doing}: ${advice} (${reason})`, { cause: error });
  const code = replyCode(error);
  // An exclusive queue, or a queue with an exclusive consumer.
  if (code === RESOURCE_LOCKED || (code === ACCESS_REFUSED && reason.includes("in exclusive use")))
    return failed(
      ErrorCode.UnsupportedServer,
      "somebody else holds it exclusively; end that connection or consumer, or use another group name",
    );
  if (code === ACCESS_REFUSED || reason.includes("ACCESS-REFUSED"))
    return failed(ErrorCode.AccessRefused, "RabbitMQ refused the credentials or the permission");
  // amqplib drops the text of the close frame that answers connection.open; RabbitMQ sends one only in these cases.
  if (reason.includes("Expected ConnectionOpenOk"))
    return failed(
      ErrorCode.AccessRefused,
      "the virtual host does not exist, the user may not use it, or it has as many connections as its limit allows",
    );
  if (reason.includes("No channels left") || reason.includes("number of channels opened"))
    return failed(
      ErrorCode.AccessRefused,
      "it needs more channels than it may open; raise channelMax in the url, or the user's max-channels",
    );
  if (reason.includes("queue limit in vhost"))
    return failed(
      ErrorCode.ServerFull,
      "the virtual host has as many queues as its limit allows; raise max-queues, or delete queues",
    );
  if (code === PRECONDITION_FAILED && reason.includes("message size"))
    return failed(ErrorCode.TooLarge, "the message is larger than the server's max_message_size");
  if (code === PRECONDITION_FAILED && reason.includes("inequivalent arg"))
    return failed(
      ErrorCode.UnsupportedServer,
      "it exists with other arguments; delete it, or use another group name or queueType",
    );
  if (code === PRECONDITION_FAILED && /delivery acknowledgement.*timed out/.test(reason))
    return failed(
      ErrorCode.UnsupportedServer,
      "the server took back what was held for longer than its consumer_timeout; " +
        "set consumerTimeoutMs to the server's consumer_timeout, or raise that",
    );
  if (code === PRECONDITION_FAILED) return failed(ErrorCode.UnsupportedServer, "RabbitMQ refused it");
  return failed(ErrorCode.Connection, "RabbitMQ cannot be reached, or the connection broke");
}
