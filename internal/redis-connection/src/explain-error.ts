import { ErrorCode, redact, YTaskError } from "@ytask/core/driver";
import { CallBrokeOff } from "./call-broke-off.js";

type Explanation = readonly [code: ErrorCode, meaning: string];

/** What the first word of an error reply means, and what to do. */
const replies: Record<string, Explanation> = {
  NOAUTH: [ErrorCode.AccessRefused, "Redis asks for a password; give it in the url or in the redis options"],
  WRONGPASS: [ErrorCode.AccessRefused, "Redis refused the user name or the password"],
  NOPERM: [ErrorCode.AccessRefused, "the Redis user lacks a permission (ACL)"],
  OOM: [
    ErrorCode.ServerFull,
    "Redis is at its maxmemory and stores nothing more; drain the queues or raise it",
  ],
  MISCONF: [ErrorCode.ServerFull, "Redis cannot write to its disk and takes nothing; see its log"],
  NOREPLICAS: [ErrorCode.Connection, "Redis has fewer replicas than it must have to take writes"],
  READONLY: [ErrorCode.Connection, "this Redis is a read-only replica; connect to its master"],
  LOADING: [ErrorCode.Connection, "Redis is still loading its data"],
  MASTERDOWN: [ErrorCode.Connection, "this replica has lost its master"],
  CLUSTERDOWN: [ErrorCode.Connection, "the Redis Cluster is down; a part of it has no master"],
  BUSY: [ErrorCode.Connection, "Redis is busy with a script"],
  WRONGTYPE: [
    ErrorCode.UnsupportedServer,
    "a key of YTask holds another type; another program uses the name: delete the key, or use another database",
  ],
};

/** Turns what ioredis threw into a YTaskError that names the cause and what to do. `where` names the server. */
export function explainError(thrown: unknown, where: string): YTaskError {
  if (YTaskError.isInstance(thrown)) return thrown;
  const error = withoutArguments(thrown instanceof Error ? thrown : new Error(String(thrown)));
  const text = redact(error.message);
  if (isReply(error)) {
    const [code, meaning] = meaningOf(error.message);
    return new YTaskError(code, `${meaning} (${where} said: ${text})`, { cause: error });
  }
  if (error.message.startsWith("Stream isn't writeable") || error.message.startsWith("Cluster isn't ready"))
    return new YTaskError(ErrorCode.Connection, `Redis at ${where} is not connected`, { cause: error });
  const what = error.name === "MaxRetriesPerRequestError" ? "it was closed" : text;
  return new CallBrokeOff(`the connection to Redis at ${where} broke while a call was out: ${what}`, error);
}

/**
 * Removes the arguments of a command, which may be passwords or bodies: ioredis and Redis note them in errors, and no
 * error that is passed on may hold them.
 */
function withoutArguments(error: Error & { command?: { readonly name?: string | undefined } }): Error {
  if (error.command !== undefined) error.command = { name: error.command.name };
  const echo = /,? with args beginning with: .*/s.exec(error.message)?.[0];
  if (echo !== undefined) {
    if (error.stack !== undefined) error.stack = error.stack.replace(echo, "");
    error.message = error.message.replace(echo, "");
  }
  return error;
}

/**
 * Whether Redis answered with an error, and so did nothing. Recognised by name, as there may be two copies of ioredis.
 */
export const isReply = (error: unknown): error is Error & { readonly name: "ReplyError" } =>
  error instanceof Error && error.name === "ReplyError";

/** Whether it is the answer to the SELECT with which ioredis begins a connection. */
export const isRefusedSelect = (error: unknown): boolean =>
  isReply(error) && (error as { readonly command?: { readonly name?: string } }).command?.name === "select";

function meaningOf(message: string): Explanation {
  // A script's error begins with the error of the command that failed in it, or names it after "ERR … script".
  for (const [word, explanation] of Object.entries(replies))
    if (new RegExp(`(?:^|[ -])${word} `).test(message)) return explanation;
  if (/invalid username-password|invalid password/i.test(message)) return replies.WRONGPASS as Explanation;
  // The message of Redis 7.0 for a command within a script.
  if (/can't run this command/.test(message)) return replies.NOPERM as Explanation;
  if (/max number of clients/.test(message))
    return [ErrorCode.Connection, "Redis takes no more connections; raise its maxclients"];
  if (/DB index/i.test(message))
    return [
      ErrorCode.InvalidArgument,
      "Redis has no database of that number; give another in the url or as db, or raise its databases setting",
    ];
  if (/SELECT is not allowed/i.test(message))
    return [
      ErrorCode.InvalidArgument,
      "a Redis Cluster has database 0 only; leave the number out, and give a Cluster of ioredis as client",
    ];
  return [ErrorCode.UnsupportedServer, "Redis refused a command"];
}
