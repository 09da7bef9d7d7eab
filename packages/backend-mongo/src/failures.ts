import { ErrorCode, notConnected, redact, TimedOut, YTaskError } from "@ytask/core/driver";
import {
  MongoClientClosedError,
  MongoCompatibilityError,
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerSelectionError,
} from "mongodb";

/** Numbers of MongoDB's errors, from its error_codes.yml. */
export const MongoCode = {
  Unauthorized: 13,
  AuthenticationFailed: 18,
  NotImplemented: 238,
  AtlasError: 8_000,
  BsonObjectTooLarge: 10_334,
  DuplicateKey: 11_000,
  OutOfDiskSpace: 14_031,
} as const;

const meanings = new Map<unknown, readonly [ErrorCode, string]>([
  [MongoCode.Unauthorized, [ErrorCode.AccessRefused, "refused the permission; check the user's roles"]],
  [MongoCode.AuthenticationFailed, [ErrorCode.AccessRefused, "refused the user name or password"]],
  [MongoCode.AtlasError, [ErrorCode.ServerFull, "refused to store more"]],
  [MongoCode.BsonObjectTooLarge, [ErrorCode.TooLarge, "refused a value as too large"]],
  [MongoCode.OutOfDiskSpace, [ErrorCode.ServerFull, "has no room left on its disk"]],
]);

/** Turns what MongoDB's driver threw into a YTaskError without secrets. */
export function toYTaskError(thrown: unknown): YTaskError {
  if (YTaskError.isInstance(thrown)) return thrown;
  const text = redact(thrown instanceof Error ? thrown.message : String(thrown));
  const [code, meaning] = meaningOf(thrown);
  return new YTaskError(code, `MongoDB ${meaning} (${text})`, { cause: thrown });
}

function meaningOf(thrown: unknown): readonly [ErrorCode, string] {
  // A server that is too old is never selected; the cause says why.
  const cause = thrown instanceof MongoServerSelectionError ? thrown.cause : undefined;
  if (thrown instanceof MongoCompatibilityError || cause instanceof MongoCompatibilityError)
    return [
      ErrorCode.UnsupportedServer,
      "is too old for this version of the mongodb package; update the server",
    ];
  if (thrown instanceof MongoNotConnectedError || thrown instanceof MongoClientClosedError)
    return [
      ErrorCode.Closed,
      "cannot be used, since the client was closed; keep a client of your own open until all that use the backend are closed",
    ];
  const known = meanings.get(thrown instanceof MongoError ? thrown.code : undefined);
  if (known) return known;
  if (thrown instanceof MongoNetworkError || thrown instanceof MongoServerSelectionError)
    return [ErrorCode.Connection, "cannot be reached"];
  return [ErrorCode.Backend, "failed"];
}

export const timedOut = (boundMs: number): TimedOut =>
  new TimedOut(`MongoDB did not answer within ${boundMs} ms`);

export const tooLarge = (bytes: number, mostBytes: number): YTaskError =>
  new YTaskError(
    ErrorCode.TooLarge,
    `a value of ${bytes} bytes is more than a document of MongoDB holds, ${mostBytes} bytes; return less`,
  );

/** The error for a key that stays taken after every try; FerretDB does not say by which index. */
export function duplicate(errmsg: string): YTaskError {
  const [, index] = /index: (\S+)/.exec(errmsg) ?? [];
  const causes = [
    ...(index === undefined || index === "_id_"
      ? ["others write the same key without pause; try again"]
      : []),
    ...(index !== "_id_"
      ? ["a unique index of the collection refuses it; give the results a collection of their own"]
      : []),
  ];
  return new YTaskError(ErrorCode.Backend, `${causes.join(", or ")} (${redact(errmsg)})`);
}

/** `data` is what the document holds in that field. */
export function noResult(id: string, data: unknown): YTaskError {
  const kind = data === undefined ? "missing" : data === null ? "null" : `of the type ${typeof data}`;
  return new YTaskError(
    ErrorCode.Malformed,
    `the document ${id} in MongoDB is no result: its data is ${kind}, and should be binary or a string; delete it`,
  );
}

export const notConnectedError = (): YTaskError => notConnected("the MongoDB backend");
